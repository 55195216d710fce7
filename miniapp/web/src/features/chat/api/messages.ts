import { useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

/** What was said in a conversation, from its end backwards: the first page is the latest. */
export function useMessages(conversationId: string) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: keys.messages(conversationId),
    queryFn: ({ pageParam, signal }) =>
      api.ask(
        'get',
        '/conversations/{conversation_id}/messages',
        { path: { conversation_id: conversationId }, query: { before: pageParam } },
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.has_before ? (page.items[0]?.seq ?? null) : null),
  })
}
