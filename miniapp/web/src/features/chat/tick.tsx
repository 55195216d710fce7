import { Ban, Check, CheckCheck, CircleAlert, CircleHelp, Clock } from 'lucide-react'
import type { MessageStatus } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import styles from './bubble.module.css'

const ICONS: Readonly<Record<MessageStatus, { icon: typeof Check; look?: string | undefined } | null>> = {
  received: null,
  internal: null,
  queued: { icon: Clock },
  sending: { icon: Clock },
  unknown: { icon: CircleHelp },
  sent: { icon: Check },
  delivered: { icon: CheckCheck },
  read: { icon: CheckCheck, look: styles.seen },
  failed: { icon: CircleAlert, look: styles.broken },
  cancelled: { icon: Ban },
}

/** How far a message has come. */
export function Tick({ status }: { status: MessageStatus }) {
  const { t } = useI18n()
  const tick = ICONS[status]
  if (tick === null) return null
  const label = t(`chat.status.${status}`)
  return (
    <span role="img" aria-label={label} title={label} className={tick.look}>
      <tick.icon size={14} strokeWidth={2.4} />
    </span>
  )
}
