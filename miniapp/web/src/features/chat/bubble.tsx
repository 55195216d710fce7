import { Repeat, Reply } from 'lucide-react'
import type { Message } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { classNames } from '@/shared/ui/class-names'
import styles from './bubble.module.css'
import { Failure } from './failure'
import { LinkedText } from './linked-text'
import { MediaPlaceholder } from './media-placeholder'
import { Tick } from './tick'

interface Props {
  message: Message
  /** Who speaks is said above the first of those that stand together. */
  isFirst: boolean
  isLast: boolean
}

/** One message, on the side and in the colour of who wrote it. */
export function Bubble({ message, isFirst, isLast }: Props) {
  const { t, format } = useI18n()
  const look = lookOf(message)
  if (look === 'system') return <p className={styles.system}>{message.text}</p>
  const isOurs = message.direction === 'out'
  return (
    <article className={classNames(styles.bubble, styles[look], isOurs && styles.ours, isLast && styles.last)}>
      <Author message={message} isSeen={isFirst && look !== 'lead'} />
      {message.reply_to && (
        <p className={styles.quoted}>
          <Reply size={13} aria-hidden />
          <span>{message.reply_to.text ?? t('chat.quoted')}</span>
        </p>
      )}
      {message.media && <MediaPlaceholder media={message.media} />}
      {message.deleted_at ? (
        <p className={styles.gone}>{t('chat.deleted')}</p>
      ) : (
        message.text && <p className={styles.text}><LinkedText text={message.text} /></p>
      )}
      {!message.text && !message.media && !message.deleted_at && <p className={styles.gone}>{t('chat.unreadable')}</p>}
      <footer className={styles.foot}>
        {message.purpose === 'follow_up' && <span className={styles.mark}><Repeat size={11} aria-hidden />{t('chat.followUp')}</span>}
        {message.edited_at && <span>{t('chat.edited')}</span>}
        <time dateTime={message.at} title={format.moment(message.at)}>{format.time(message.at)}</time>
        {isOurs && look !== 'note' && <Tick status={message.status} />}
      </footer>
      {message.status === 'failed' && <Failure message={message} />}
    </article>
  )
}

type Look = 'lead' | 'ai' | 'team' | 'note' | 'system'

function lookOf({ author, purpose }: Message): Look {
  if (purpose === 'note') return 'note'
  if (author === 'attendant') return 'team'
  return author
}

function Author({ message, isSeen }: { message: Message; isSeen: boolean }) {
  const { t } = useI18n()
  const own = message.author === 'attendant' ? (message.member_name ?? t('chat.phone')) : t(`words.author.${message.author}`)
  const name = message.purpose === 'note' ? t('chat.noteBy', { name: own }) : own
  return <p className={isSeen ? styles.author : 'unseen'}>{name}</p>
}
