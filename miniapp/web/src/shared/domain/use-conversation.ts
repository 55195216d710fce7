import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

/** How a conversation stands, and what who looks may do there. */
export function useConversation(conversationId: string) {
  const api = useApi()
  return useQuery({
    queryKey: keys.conversation(conversationId),
    queryFn: ({ signal }) =>
      api.ask('get', '/conversations/{conversation_id}', { path: { conversation_id: conversationId } }, { signal }),
  })
}
