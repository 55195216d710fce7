import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { NewHold } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

/** What is kept whatever its time: all that stands, or what keeps one lead. */
export function useHolds(leadId: string | null = null) {
  const api = useApi()
  return useQuery({
    queryKey: [...keys.holds, leadId],
    queryFn: ({ signal }) => api.ask('get', '/holds', { query: { lead_id: leadId } }, { signal }),
  })
}

/** Something is kept from now on, or no longer: told, and looked up anew wherever holds are shown. */
export function useHolding() {
  const api = useApi()
  const client = useQueryClient()
  const { t } = useI18n()
  const toast = useToast()
  const text = useErrorText()
  const told = (done: 'words.hold.placed' | 'words.hold.lifted') => ({
    onSuccess: () => {
      haptics.done()
      toast({ text: t(done) })
    },
    onError: (error: Error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' as const })
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.holds }),
  })
  const place = useMutation({
    mutationFn: (hold: NewHold) => api.ask('post', '/holds', { body: hold }),
    ...told('words.hold.placed'),
  })
  const lift = useMutation({
    mutationFn: (holdId: string) => api.ask('post', '/holds/{hold_id}/lift', { path: { hold_id: holdId } }),
    ...told('words.hold.lifted'),
  })
  return { place, lift }
}
