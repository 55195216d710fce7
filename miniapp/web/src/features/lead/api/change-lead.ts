import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { Fact, Lead } from '@/shared/api/model'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

interface LeadChange {
  name?: string
  tags?: string[]
  facts?: Fact[]
  opted_out?: boolean
}

/** Writes what the team knows better. It is shown at once, and taken back when the server does not take it. */
export function useChangeLead(leadId: string) {
  const api = useApi()
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  const queryKey = keys.lead(leadId)
  return useMutation({
    mutationFn: (change: LeadChange) => api.ask('patch', '/leads/{lead_id}', { path: { lead_id: leadId }, body: change }),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey, exact: true })
      const before = client.getQueryData<Lead>(queryKey)
      client.setQueryData<Lead>(queryKey, (lead) => lead && { ...lead, ...change })
      return before
    },
    onError: (error, _change, before) => {
      client.setQueryData(queryKey, before)
      toast({ text: text(error), tone: 'bad' })
    },
    onSuccess: (lead) => {
      client.setQueryData(queryKey, lead)
      void client.invalidateQueries({ queryKey: keys.tags })
    },
  })
}
