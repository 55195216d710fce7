import { AlarmClock, Clock, Hand } from 'lucide-react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { useNow } from '@/shared/ui/use-now'
import { useTurns } from './api/turns'
import styles from './chat-page.module.css'
import { useIsWindowClosed } from './use-is-window-closed'

const HOUR = 60 * 60_000
/** So long before a window closes it is told. */
const SOON = 3 * HOUR

/** What stands between who looks and an answer: it is somebody else's, or the channel takes no free words any more. */
export function Notices({ conversation }: { conversation: Conversation }) {
  const { t } = useI18n()
  const { take } = useTurns(conversation.id)
  const { can } = conversation
  return (
    <div className={styles.notices}>
      <WindowNotice conversation={conversation} />
      <SleepNotice until={conversation.asleep_until ?? null} />
      {can.take && !can.write && (
        <div className={styles.take}>
          <Button look="filled" isWide icon={<Hand size={19} aria-hidden />} isBusy={take.isPending} onClick={() => take.mutate()}>
            {t('chat.take')}
          </Button>
        </div>
      )}
    </div>
  )
}

function SleepNotice({ until }: { until: string | null }) {
  const { t, format } = useI18n()
  if (until === null) return null
  return (
    <p className={styles.notice}>
      <AlarmClock size={17} aria-hidden />
      {t('chat.asleep', { time: format.moment(until) })}
    </p>
  )
}

function WindowNotice({ conversation }: { conversation: Conversation }) {
  const { t, format } = useI18n()
  const isClosed = useIsWindowClosed(conversation)
  const left = Date.parse(conversation.window_closes_at ?? '') - useNow()
  if (conversation.window_closes_at === null || conversation.status === 'closed' || left > SOON) return null
  const kept = conversation.suggestion && conversation.can.write ? t('chat.windowClosedKept') : ''
  return (
    <p className={styles.notice}>
      <Clock size={17} aria-hidden />
      {isClosed ? `${t('chat.windowClosed')} ${kept}` : t('chat.windowCloses', { time: format.lasting(left) })}
    </p>
  )
}
