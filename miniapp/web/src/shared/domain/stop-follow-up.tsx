import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { Button } from '@/shared/ui/button'
import { useErrorText } from '@/shared/ui/error-text'
import { Sheet } from '@/shared/ui/sheet'
import { useToast } from '@/shared/ui/toast-context'
import styles from './stop-follow-up.module.css'

interface Props {
  id: string
  leadId: string
  /** Whom it is for, where several are in sight. */
  leadName: string
}

/** The button by which somebody of the team stops a follow-up, who is asked once more: nothing plans it again in this silence. */
export function StopFollowUp({ id, leadId, leadName }: Props) {
  const { t } = useI18n()
  const [isAsking, setAsking] = useState(false)
  const stop = useStop(id, leadId, () => setAsking(false))
  return (
    <>
      <Button isSmall onClick={() => setAsking(true)} aria-label={t('words.followUp.stopFor', { name: leadName })}>{t('words.followUp.stop')}</Button>
      {isAsking && (
        <Sheet
          title={t('words.followUp.stopTitle')}
          onClose={() => setAsking(false)}
          foot={
            <>
              <Button onClick={() => setAsking(false)}>{t('common.back')}</Button>
              <Button look="danger" isBusy={stop.isPending} onClick={() => stop.mutate()}>{t('words.followUp.stop')}</Button>
            </>
          }
        >
          <p className={styles.body}>{t('words.followUp.stopText', { name: leadName })}</p>
        </Sheet>
      )}
    </>
  )
}

function useStop(id: string, leadId: string, onEnd: () => void) {
  const api = useApi()
  const client = useQueryClient()
  const { t } = useI18n()
  const toast = useToast()
  const text = useErrorText()
  return useMutation({
    mutationFn: () => api.ask('post', '/follow-ups/{follow_up_id}/cancel', { path: { follow_up_id: id } }),
    onSuccess: () => {
      haptics.done()
      toast({ text: t('words.followUp.stopped') })
    },
    onError: (error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: () => {
      onEnd()
      void client.invalidateQueries({ queryKey: keys.followUps })
      void client.invalidateQueries({ queryKey: keys.lead(leadId) })
    },
  })
}
