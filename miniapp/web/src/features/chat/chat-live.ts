import type { QueryClient } from '@tanstack/react-query'
import type { ApiClient } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { conversationsOf, type Change } from '@/shared/live/changes'
import type { LiveEffect } from '@/shared/live/live-context'
import { markOld } from '@/shared/live/invalidation'
import { loadAfter, loadRange } from './load-after'
import type { Thread } from './thread-model'

const PAUSE = 120
const PAGE = 100

/** Keeps threads true: what is new is loaded, and what has changed; a conversation as a whole is small. */
export function chatLive(): LiveEffect {
  const waiting = new Map<string, Change[]>()
  return (changes, client, api) => {
    for (const id of conversationsOf(changes)) {
      const mine = changes.filter((change) => change.subject === id || change.conversation === id)
      const before = waiting.get(id)
      waiting.set(id, [...(before ?? []), ...mine])
      if (before !== undefined) continue
      setTimeout(() => {
        const all = waiting.get(id) ?? []
        waiting.delete(id)
        void refresh(client, api, id, all)
      }, PAUSE)
    }
  }
}

async function refresh(client: QueryClient, api: ApiClient, id: string, changes: readonly Change[]): Promise<void> {
  // A status alone changes nothing about whose turn it is.
  if (changes.some((change) => change.kind !== 'message_status')) {
    void client.invalidateQueries({ queryKey: keys.conversation(id) })
  }
  const queryKey = keys.messages(id)
  const said = changes.filter((change) => change.kind.startsWith('message_'))
  if (said.length === 0) return
  const isOpen = client.getQueryCache().find({ queryKey })?.isActive() ?? false
  if (!isOpen) {
    markOld(client, queryKey)
    return
  }
  await refreshMessages(client, api, id, new Set(said.map((change) => change.subject))).catch(() =>
    client.invalidateQueries({ queryKey }),
  )
}

async function refreshMessages(client: QueryClient, api: ApiClient, id: string, subjects: ReadonlySet<string>): Promise<void> {
  const thread = client.getQueryData<Thread>(keys.messages(id))
  const known = (thread?.pages ?? []).flatMap((page) => page.items).filter((message) => subjects.has(message.id))
  if (known.length > 0) {
    const numbers = known.map((message) => message.seq)
    const first = Math.min(...numbers)
    await loadRange(client, api, id, first - 1, Math.min(PAGE, Math.max(...numbers) - first + 1))
  }
  if (known.length < subjects.size) await loadAfter(client, api, id)
}
