import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'

export type Figures = Answer<'get', '/dashboard'>
export const PERIODS = ['7', '30', '90'] as const
/** Within a minute all is counted. */
const SOON = 20_000
export type Period = (typeof PERIODS)[number]

/** How the business did over so many days; the last period's figures stay until the next one's are there. */
export function useDashboard(period: Period) {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.dashboard, period],
    queryFn: ({ signal }) => api.ask('get', '/dashboard', { query: { days: Number(period) as 7 | 30 | 90 } }, { signal }),
    placeholderData: keepPreviousData,
    // Nothing tells when what was not counted yet is.
    refetchInterval: ({ state }) => (state.data?.uncounted_conversations ? SOON : false),
  })
}

/** How far those ever got who came in so many days. */
export function useFunnel(period: Period) {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.dashboard, 'funnel', period],
    queryFn: ({ signal }) => api.ask('get', '/dashboard/funnel', { query: { days: Number(period) as 7 | 30 | 90 } }, { signal }),
    placeholderData: keepPreviousData,
  })
}
