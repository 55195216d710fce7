import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { Stage } from '@/shared/api/model'

const RARELY_CHANGED = 30 * 60_000

/** The stages of the business, in their order. */
export function useStages(): readonly Stage[] {
  const api = useApi()
  const found = useQuery({
    queryKey: keys.stages,
    queryFn: ({ signal }) => api.ask('get', '/stages', {}, { signal }),
    staleTime: RARELY_CHANGED,
  })
  return found.data?.stages ?? []
}

/** The stage with this key; one that was just renamed or removed may not be known. */
export function useStage(key: string): Stage | undefined {
  return useStages().find((stage) => stage.key === key)
}

/** Everybody who works in the business. */
export function useTeam() {
  const api = useApi()
  return useQuery({
    queryKey: keys.team,
    queryFn: async ({ signal }) => (await api.ask('get', '/team', {}, { signal })).members,
  })
}

/** The tags in use, the most used first. */
export function useTags() {
  const api = useApi()
  return useQuery({
    queryKey: keys.tags,
    queryFn: async ({ signal }) => (await api.ask('get', '/tags', {}, { signal })).tags,
  })
}
