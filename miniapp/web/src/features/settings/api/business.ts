import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'

export type Business = Answer<'get', '/settings/business'>
export type Options = Answer<'get', '/settings/options'>

const key = [...keys.settings, 'business'] as const

/** All that the business has set. */
export function useBusiness() {
  const api = useApi()
  return useQuery({ queryKey: key, queryFn: ({ signal }) => api.ask('get', '/settings/business', {}, { signal }) })
}

/** What there is to choose from. */
export function useOptions() {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.settings, 'options'],
    queryFn: ({ signal }) => api.ask('get', '/settings/options', {}, { signal }),
    staleTime: Infinity,
  })
}

/** Keeps all of it, if it still is what was seen; whatever comes of that, what stands is asked for anew. */
export function useSaveBusiness() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Business) => api.ask('put', '/settings/business', { body }),
    onSuccess: (saved) => client.setQueryData(key, saved),
    onError: () => client.invalidateQueries({ queryKey: key }),
  })
}
