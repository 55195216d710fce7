import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'

export type KnowledgeEntry = Answer<'get', '/knowledge'>['items'][number]

export const knowledgeKey = [...keys.settings, 'knowledge'] as const

/** What the AI may say, searched as people search. */
export function useKnowledge(q: string) {
  const api = useApi()
  return useInfiniteQuery({
    queryKey: [...knowledgeKey, q],
    queryFn: ({ pageParam, signal }) => api.ask('get', '/knowledge', { query: { q, cursor: pageParam, limit: 30 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}
