import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

/** The business's ready-made answers; asked for when somebody is about to use one. */
export function useQuickReplies(isNeeded: boolean) {
  const api = useApi()
  return useQuery({
    queryKey: keys.quickReplies,
    queryFn: async ({ signal }) => (await api.ask('get', '/quick-replies', {}, { signal })).items,
    enabled: isNeeded,
  })
}
