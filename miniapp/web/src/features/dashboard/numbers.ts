/** A part of a whole, as a percentage. */
export function share(part: number, whole: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(whole === 0 ? 0 : part / whole)
}

/** A time that people wait, in the largest unit that still tells something. */
export function seconds(value: number, locale: string): string {
  const [unit, count] = value < 90 ? (['second', value] as const) : value < 90 * 60 ? (['minute', value / 60] as const) : (['hour', value / 3600] as const)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: unit === 'hour' ? 1 : 0 }).format(count)
}

/** A round number that is no less: where a scale ends. */
export function roundUp(value: number): number {
  if (value <= 4) return 4
  const step = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((end) => end >= value) ?? value
}
