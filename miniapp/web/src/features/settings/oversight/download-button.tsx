import { useMutation } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { API } from '@/shared/api/session'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { useErrorText } from '@/shared/ui/error-text'
import { handOver } from '@/shared/ui/hand-over'
import { useToast } from '@/shared/ui/toast-context'

interface Props {
  address: string
  name: string
}

/** A table for spreadsheets. */
export function DownloadButton({ address, name }: Props) {
  const { t } = useI18n()
  const api = useApi()
  const toast = useToast()
  const text = useErrorText()
  const loading = useMutation({
    mutationFn: async () => {
      const response = await api.send(`${API}${address}`)
      await handOver(new File([await response.blob()], name, { type: 'text/csv' }))
    },
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
  return <Button isSmall isBusy={loading.isPending} onClick={() => loading.mutate()}>{t('settings.csv')}</Button>
}
