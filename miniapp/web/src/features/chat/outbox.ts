import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useApi } from '@/shared/api/api-context'
import type { ApiClient } from '@/shared/api/client'
import { newKey } from '@/shared/api/idempotency'
import { keys } from '@/shared/api/keys'
import type { Message } from '@/shared/api/model'
import { say } from './api/say'
import { loadAfter } from './load-after'

/** Words on their way to the server. They keep their key, so that trying again says them once. */
export interface Unsent {
  key: string
  kind: 'message' | 'note'
  text: string
  at: string
  /** `ids`: the messages that they became, which the thread is about to show. */
  state: { is: 'sending' } | { is: 'said'; ids: readonly string[] } | { is: 'failed'; error: unknown }
}

const outboxKey = (conversationId: string) => ['outbox', conversationId]

/** What was written here and is not in the thread yet, and how to write. */
export function useOutbox(conversationId: string) {
  const api = useApi()
  const client = useQueryClient()
  const unsent = useQuery<Unsent[]>({
    queryKey: outboxKey(conversationId),
    queryFn: () => [],
    initialData: [],
    // Nobody else knows of it: there is nothing to load, whatever is loaded anew.
    enabled: false,
    gcTime: Infinity,
  })
  const write = useCallback(
    (kind: Unsent['kind'], text: string) => {
      const words: Unsent = { key: newKey(), kind, text, at: new Date().toISOString(), state: { is: 'sending' } }
      send(client, api, conversationId, words)
    },
    [api, client, conversationId],
  )
  const again = useCallback((words: Unsent) => send(client, api, conversationId, words), [api, client, conversationId])
  const drop = useCallback((words: Unsent) => put(client, conversationId, words, null), [client, conversationId])
  return { unsent: unsent.data, write, again, drop }
}

/** What the thread does not show yet. */
export function stillUnsent(unsent: readonly Unsent[], messages: readonly Message[]): Unsent[] {
  const shown = new Set(messages.map((message) => message.id))
  return unsent.filter(({ state }) => !(state.is === 'said' && state.ids.every((id) => shown.has(id))))
}

/** What is written first is said first: each waits for what was written before it in the same conversation. */
const before = new Map<string, Promise<void>>()

function send(client: QueryClient, api: ApiClient, conversationId: string, words: Unsent): void {
  put(client, conversationId, words, { ...words, state: { is: 'sending' } })
  const turn = (before.get(conversationId) ?? Promise.resolve()).then(() => deliver(client, api, conversationId, words))
  before.set(conversationId, turn)
}

async function deliver(client: QueryClient, api: ApiClient, conversationId: string, words: Unsent): Promise<void> {
  try {
    const ids = await say(api, conversationId, words)
    put(client, conversationId, words, { ...words, state: { is: 'said', ids } })
    void showSaid(client, api, conversationId, words)
  } catch (error) {
    put(client, conversationId, words, { ...words, state: { is: 'failed', error } })
  }
}

async function showSaid(client: QueryClient, api: ApiClient, conversationId: string, words: Unsent): Promise<void> {
  await loadAfter(client, api, conversationId).catch(() => client.invalidateQueries({ queryKey: keys.messages(conversationId) }))
  put(client, conversationId, words, null)
}

function put(client: QueryClient, conversationId: string, words: Unsent, next: Unsent | null): void {
  client.setQueryData<Unsent[]>(outboxKey(conversationId), (all = []) => {
    const isThere = all.some(({ key }) => key === words.key)
    if (!isThere) return next === null ? all : [...all, next]
    return all.flatMap((one) => (one.key !== words.key ? [one] : next === null ? [] : [next]))
  })
}
