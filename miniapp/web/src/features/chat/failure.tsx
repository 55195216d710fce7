import type { Message } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { useRetry } from './api/retry'
import styles from './bubble.module.css'

/** Why a message did not go out, and another try where one is of use. */
export function Failure({ message }: { message: Message }) {
  const { t } = useI18n()
  const retry = useRetry(message.id)
  const code = message.error_code ?? ''
  const reason = worded(t, `words.sendFailure.${code}`, code ? t('chat.notSentCode', { code }) : t('chat.notSent'))
  return (
    <div className={styles.failure}>
      <span>{reason}</span>
      {message.can_retry && (
        <button type="button" className={styles.again} disabled={retry.isPending || retry.isSuccess} onClick={() => retry.mutate()}>
          {t('common.retry')}
        </button>
      )}
    </div>
  )
}
