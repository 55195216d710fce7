import type { QueryClient } from '@tanstack/react-query'
import type { ApiClient } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { lastSeq, withMessages, type Thread } from './thread-model'

const PAGE = 100

/** Loads what was said after the last message that the thread has, and nothing else. */
export async function loadAfter(client: QueryClient, api: ApiClient, conversationId: string): Promise<void> {
  const queryKey = keys.messages(conversationId)
  for (;;) {
    const thread = client.getQueryData<Thread>(queryKey)
    if (thread === undefined) return
    const hasMore = await loadRange(client, api, conversationId, lastSeq(thread), PAGE)
    if (!hasMore) return
  }
}

/** Loads the messages from one number to another as they are now; whether there are others after them. */
export async function loadRange(
  client: QueryClient,
  api: ApiClient,
  conversationId: string,
  after: number,
  limit: number,
): Promise<boolean> {
  const page = await api.ask('get', '/conversations/{conversation_id}/messages', {
    path: { conversation_id: conversationId },
    query: { after, limit },
  })
  client.setQueryData<Thread>(keys.messages(conversationId), (thread) => thread && withMessages(thread, page.items))
  return page.has_after && page.items.length > 0
}
