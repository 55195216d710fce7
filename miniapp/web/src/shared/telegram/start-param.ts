const UUID = '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'
const LINK = new RegExp(`^(lead|chat)_(${UUID})(?:_(${UUID}))?$`, 'i')
const PLACES: Readonly<Record<string, string>> = { lead: '/leads', chat: '/chats' }

/** Where a link from Telegram leads. */
export interface LinkPlace {
  path: string
  /** The business whose it is; links that were made before there was more than one do not say it. */
  tenantId: string | undefined
}

/** Where this link leads (`lead_<id>_<business>`, `chat_<id>_<business>`); nowhere, if it is of another making. */
export function placeOf(startParam: string | undefined): LinkPlace | null {
  const [, kind = '', id, tenant] = LINK.exec(startParam ?? '') ?? []
  const root = PLACES[kind.toLowerCase()]
  if (root === undefined || id === undefined) return null
  return { path: `${root}/${dashed(id)}`, tenantId: tenant && dashed(tenant) }
}

/** Links leave the dashes out; ids have them everywhere else. */
function dashed(id: string): string {
  return id.replaceAll('-', '').toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
