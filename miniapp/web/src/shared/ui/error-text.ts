import { useCallback } from 'react'
import { ApiError, OfflineError } from '@/shared/api/problem'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'

/** What went wrong, in a sentence of ours. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useI18n()
  return useCallback(
    (error) => {
      if (error instanceof OfflineError) return t('errors.offline')
      if (!(error instanceof ApiError)) return t('errors.internal')
      return worded(t, `errors.${error.code}`, t('errors.internal')).replace('{name}', error.detail ?? '')
    },
    [t],
  )
}
