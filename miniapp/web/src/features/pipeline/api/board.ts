import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import type { LeadFilters } from '@/shared/api/model'

export type Board = Answer<'get', '/board'>
export type Column = Board['columns'][number]
export type BoardFilters = Pick<LeadFilters, 'q' | 'status' | 'channel' | 'assignee_id' | 'unassigned'>

export const PER_STAGE = 30

export function boardKey(filters: BoardFilters) {
  return [...keys.board, filters] as const
}

/** The pipeline by stages, each with its first leads. */
export function useBoard(filters: BoardFilters) {
  const api = useApi()
  return useQuery({
    queryKey: boardKey(filters),
    queryFn: ({ signal }) => api.ask('get', '/board', { query: { ...filters, per_stage: PER_STAGE } }, { signal }),
    placeholderData: keepPreviousData,
  })
}
