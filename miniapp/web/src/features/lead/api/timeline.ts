import { useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

/** What happened to a lead, the newest first. */
export function useTimeline(leadId: string) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: keys.timeline(leadId),
    queryFn: ({ pageParam, signal }) =>
      api.ask('get', '/leads/{lead_id}/timeline', { path: { lead_id: leadId }, query: { cursor: pageParam, limit: 20 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
}
