import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { LeadFilters } from '@/shared/api/model'

/** Leads, page by page. While another question is asked its predecessor's answer stays in sight; a request that nobody waits for is broken off. */
export function useLeadList(filters: LeadFilters) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: keys.leadList(filters),
    queryFn: ({ pageParam, signal }) =>
      api.ask('get', '/leads', { query: { ...filters, cursor: pageParam } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}
