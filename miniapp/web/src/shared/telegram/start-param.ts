const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i

/** Where a link from Telegram leads (`lead_<id>`, `chat_<id>`); nowhere, if it is of another making. */
export function placeOf(startParam: string | undefined): string | null {
  const [kind, given] = (startParam ?? '').split(/_(.*)/s)
  const parts = UUID.exec(given ?? '')
  if (parts === null) return null
  // Links leave the dashes out; ids have them everywhere else.
  const id = parts.slice(1).join('-').toLowerCase()
  if (kind === 'lead') return `/leads/${id}`
  return kind === 'chat' ? `/chats/${id}` : null
}
