import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useApi } from '@/shared/api/api-context'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

/** Goes to another business of one's own: nothing of the first is remembered. */
export function useSwitchTenant() {
  const api = useApi()
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  const [, navigate] = useLocation()
  return useMutation({
    mutationFn: (tenant_id: string) => api.ask('post', '/session/tenant', { body: { tenant_id } }),
    onSuccess: async (tokens) => {
      api.session.adopt(tokens)
      navigate('/leads', { replace: true })
      await client.resetQueries()
    },
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
}
