import type { Query, QueryClient } from '@tanstack/react-query'
import type { ApiClient } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import type { LeadFilters, LeadRow } from '@/shared/api/model'
import { hasCode } from '@/shared/api/problem'
import { leadsOf, type ChangeKind } from '@/shared/live/changes'
import { markOld } from '@/shared/live/invalidation'
import type { LiveEffect } from '@/shared/live/live-context'
import { matches } from './matches'
import { hasRow, mergeHead, replaceRow, type LeadPages } from './merge-head'

/** Changes come in bursts (a message, its conversation, its lead): they are looked at together. */
const PAUSE = 400
/** So many leads are loaded one by one; with more of them the list is. */
const ONE_BY_ONE = 8
const SHOWN: readonly ChangeKind[] = ['message_in', 'message_out', 'conversation', 'lead', 'hand_off']

/** Keeps lists of leads true by their first page, and by single leads further down. */
export function leadsLive(): LiveEffect {
  const changed = new Set<string>()
  let due: ReturnType<typeof setTimeout> | null = null
  return (changes, client, api) => {
    for (const id of leadsOf(changes, ...SHOWN)) changed.add(id)
    if (changed.size === 0 || due !== null) return
    due = setTimeout(() => {
      due = null
      const ids = new Set(changed)
      changed.clear()
      void refresh(client, api, ids)
    }, PAUSE)
  }
}

async function refresh(client: QueryClient, api: ApiClient, changed: ReadonlySet<string>): Promise<void> {
  const lists = client.getQueryCache().findAll({ queryKey: [...keys.leads, 'list'] })
  for (const list of lists) {
    if (list.isActive() && list.state.data !== undefined) {
      await refreshList(client, api, list, changed).catch(() => markOld(client, list.queryKey))
    } else markOld(client, list.queryKey)
  }
}

async function refreshList(client: QueryClient, api: ApiClient, list: Query, changed: ReadonlySet<string>): Promise<void> {
  const filters = list.queryKey[2] as LeadFilters
  const head = await api.ask('get', '/leads', { query: filters })
  const update = (change: (pages: LeadPages) => LeadPages) =>
    client.setQueryData<LeadPages>(list.queryKey, (pages) => pages && change(pages))
  const pages = update((known) => mergeHead(known, head))

  const atHead = new Set(head.items.map((row) => row.id))
  const further = [...changed].filter((id) => !atHead.has(id) && pages !== undefined && hasRow(pages, id))
  if (further.length > ONE_BY_ONE) return void client.invalidateQueries({ queryKey: list.queryKey })
  for (const id of further) {
    const lead = await leadOrNobody(api, id)
    update((known) => replaceRow(known, id, lead !== null && matches(lead, filters) ? lead : null))
  }
}

/** A colleague's lead is nobody to an attendant. */
async function leadOrNobody(api: ApiClient, id: string): Promise<LeadRow | null> {
  try {
    return await api.ask('get', '/leads/{lead_id}', { path: { lead_id: id } })
  } catch (error) {
    if (hasCode(error, 'not_found')) return null
    throw error
  }
}
