import { ApiClient } from '@/shared/api/client'
import { Session } from '@/shared/api/session'
import { sessionTokenStore } from '@/shared/api/token-store'
import { loadMessages, localeFor } from '@/shared/i18n/locales'
import { placeOf } from '@/shared/telegram/start-param'

/** A launch as its address tells of it, before anything of Telegram's own is loaded. */
interface Told {
  initData: string
  id: string
  language: string | undefined
  startParam: string | undefined
}

const BASE = import.meta.env.BASE_URL.replace(/\/$/, '')
let begun: { launch: string; api: ApiClient } | null = null

/** Signs in, and asks for what the page that is opened will show; a reload, whose address tells nothing, waits for the app. */
export function begin(address: Pick<Location, 'hash' | 'pathname' | 'search'>): void {
  const told = launchIn(address)
  if (told === null) return
  const api = apiOf(told.id)
  begun = { launch: told.id, api }
  void loadMessages(localeFor(told.language ?? navigator.language))
  const path = address.pathname.slice(BASE.length)
  const link = placeOf(told.startParam)
  // Whoever needs the session opens it again and is told what went wrong.
  api.session.open(told.initData, link?.tenantId).catch(() => undefined)
  askAhead(api, path === '/' ? (link?.path ?? '/leads') : path)
}

/** The API as it was begun with for this launch, once; else anew. */
export function apiFor(launch: string): ApiClient {
  return begun?.launch === launch ? begun.api : apiOf(launch)
}

function apiOf(launch: string): ApiClient {
  return new ApiClient(new Session(sessionTokenStore(launch)))
}

function askAhead(api: ApiClient, place: string): void {
  api.askAhead('/me', {})
  const [, section, id] = place.split('/')
  if (section === 'dashboard') {
    api.askAhead('/dashboard', { query: { days: 30 } })
    void import('@/features/dashboard/dashboard-page')
    void import('@/features/dashboard/charts')
    return
  }
  if (section === 'leads' && id) {
    api.askAhead('/leads/{lead_id}', { path: { lead_id: id } })
    api.askAhead('/leads/{lead_id}/timeline', { path: { lead_id: id }, query: { limit: 20 } })
    void import('@/features/lead/lead-page')
  }
  if (section === 'chats' && id) {
    api.askAhead('/conversations/{conversation_id}', { path: { conversation_id: id } })
    void import('@/features/chat/chat-page')
  }
  if (section === 'leads' || section === 'chats') api.askAhead('/leads', {})
  if (section !== 'settings') api.askAhead('/stages', {})
}

function launchIn({ hash, search }: Pick<Location, 'hash' | 'search'>): Told | null {
  const initData = new URLSearchParams(hash.slice(1)).get('tgWebAppData')
  if (!initData) return null
  const signed = new URLSearchParams(initData)
  return {
    initData,
    id: signed.get('hash') ?? '',
    language: languageOf(signed.get('user')),
    startParam: signed.get('start_param') ?? new URLSearchParams(search).get('tgWebAppStartParam') ?? undefined,
  }
}

function languageOf(user: string | null): string | undefined {
  try {
    return (JSON.parse(user ?? '{}') as { language_code?: string }).language_code
  } catch {
    return undefined
  }
}
