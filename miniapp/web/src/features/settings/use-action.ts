import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import type { ApiClient } from '@/shared/api/client'
import { useI18n } from '@/shared/i18n/i18n-context'
import type { MessageKey } from '@/shared/i18n/translate'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

interface Effects {
  /** What is asked for anew afterwards, whatever came of it. */
  forgets: QueryKey
  /** Said when it is done; without it what changes on the screen says enough. */
  done?: MessageKey
}

/** Something that is done by one tap: told when it is done, and when it could not be. */
export function useAction<Input, Result>(act: (api: ApiClient, input: Input) => Promise<Result>, { forgets, done }: Effects) {
  const api = useApi()
  const client = useQueryClient()
  const { t } = useI18n()
  const toast = useToast()
  const text = useErrorText()
  return useMutation({
    mutationFn: (input: Input) => act(api, input),
    onSuccess: () => {
      haptics.done()
      if (done) toast({ text: t(done) })
    },
    onError: (error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: () => client.invalidateQueries({ queryKey: forgets }),
  })
}
