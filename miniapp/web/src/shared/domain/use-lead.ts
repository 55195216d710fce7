import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

/** A lead with all that is known of him. */
export function useLead(leadId: string | undefined) {
  const api = useApi()
  return useQuery({
    queryKey: keys.lead(leadId ?? ''),
    queryFn: ({ signal }) => api.ask('get', '/leads/{lead_id}', { path: { lead_id: leadId ?? '' } }, { signal }),
    enabled: leadId !== undefined,
  })
}
