/** A number as people write it: Brazilian ones with their area code, others as they are, with a plus. */
export function phoneText(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '')
  const brazilian = /^55(\d{2})(\d{4,5})(\d{4})$/.exec(digits)
  if (brazilian) return `+55 ${brazilian[1]} ${brazilian[2]}-${brazilian[3]}`
  return digits ? `+${digits}` : phone
}
