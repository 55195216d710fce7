import { CircleAlert, Clock } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { classNames } from '@/shared/ui/class-names'
import { useErrorText } from '@/shared/ui/error-text'
import styles from './bubble.module.css'
import type { Unsent } from './outbox'

interface Props {
  words: Unsent
  onRetry: () => void
  onDrop: () => void
}

/** Words that the server does not have yet, or would not take. */
export function UnsentBubble({ words, onRetry, onDrop }: Props) {
  const { t, format } = useI18n()
  const text = useErrorText()
  const hasFailed = words.state.is === 'failed'
  const look = words.kind === 'note' ? styles.note : styles.team
  return (
    <article className={classNames(styles.bubble, look, styles.ours, styles.last, !hasFailed && styles.unsent)}>
      <p className={styles.text}>{words.text}</p>
      <footer className={styles.foot}>
        <time dateTime={words.at}>{format.time(words.at)}</time>
        {hasFailed ? (
          <CircleAlert size={14} className={styles.broken} aria-hidden />
        ) : (
          <Clock size={14} role="img" aria-label={t('chat.status.sending')} />
        )}
      </footer>
      {words.state.is === 'failed' && (
        <div className={styles.failure} role="alert">
          <span>{text(words.state.error)}</span>
          <button type="button" className={styles.again} onClick={onRetry}>{t('common.retry')}</button>
          <button type="button" className={styles.again} onClick={onDrop}>{t('chat.drop')}</button>
        </div>
      )}
    </article>
  )
}
