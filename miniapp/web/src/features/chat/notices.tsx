import { Clock, Hand } from 'lucide-react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { useNow } from '@/shared/ui/use-now'
import { useTurns } from './api/turns'
import styles from './chat-page.module.css'

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
      <WindowNotice closesAt={conversation.window_closes_at} isOpen={conversation.status !== 'closed'} />
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

function WindowNotice({ closesAt, isOpen }: { closesAt: string | null; isOpen: boolean }) {
  const { t, format } = useI18n()
  const left = useNow() - Date.parse(closesAt ?? '')
  if (closesAt === null || !isOpen || -left > SOON) return null
  return (
    <p className={styles.notice}>
      <Clock size={17} aria-hidden />
      {left >= 0 ? t('chat.windowClosed') : t('chat.windowCloses', { time: format.lasting(-left) })}
    </p>
  )
}
