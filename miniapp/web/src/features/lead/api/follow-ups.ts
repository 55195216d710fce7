import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'

const LEAVES_WITHIN = 5_000

/** What a lead is written unasked; of one that is leaving no event tells when it has left. */
export function useFollowUps(leadId: string) {
  const api = useApi()
  return useQuery({
    queryKey: keys.followUpsOfLead(leadId),
    queryFn: ({ signal }) => api.ask('get', '/leads/{lead_id}/follow-ups', { path: { lead_id: leadId } }, { signal }),
    refetchInterval: (query) => (query.state.data?.coming?.is_leaving ? LEAVES_WITHIN : false),
  })
}
