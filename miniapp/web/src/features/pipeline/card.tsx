import { useDraggable } from '@dnd-kit/react'
import { ArrowLeftRight } from 'lucide-react'
import { Link } from 'wouter'
import type { LeadRow } from '@/shared/api/model'
import { LeadAvatar } from '@/shared/domain/lead-avatar'
import { useLeadName } from '@/shared/domain/lead-name'
import { StatusBadge } from '@/shared/domain/status-badge'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { IconButton } from '@/shared/ui/button'
import { Ring } from '@/shared/ui/ring'
import styles from './pipeline.module.css'

interface Props {
  lead: LeadRow
  now: number
  onMove: () => void
}

/** A lead on the board: opened by a tap, dragged once it is held. */
export function Card({ lead, now, onMove }: Props) {
  const { t, format } = useI18n()
  const name = useLeadName()(lead)
  const { ref, handleRef, isDragging } = useDraggable({ id: lead.id, type: 'lead' })
  const waits = lead.unanswered_since !== null && lead.conversation_status !== 'ai' && lead.conversation_status !== 'closed'
  const waiting = waits && lead.unanswered_since ? format.lasting(now - Date.parse(lead.unanswered_since)) : null
  return (
    <li ref={ref} className={styles.card} data-dragging={isDragging}>
      <Link
        ref={handleRef}
        // What can be dragged is a button to the library that drags; this leads somewhere.
        role="link"
        href={lead.conversation_id ? `/chats/${lead.conversation_id}` : `/leads/${lead.id}`}
        className={styles.link ?? ''}
        draggable={false}
      >
        <div className={styles.cardHead}>
          <LeadAvatar lead={lead} size={36} />
          <div className={styles.who}>
            <span className={styles.name}>{name}</span>
            <time className={styles.time} dateTime={lead.last_activity_at}>{format.short(lead.last_activity_at)}</time>
          </div>
        </div>
        {lead.last_text && <p className={styles.text}>{lead.last_text}</p>}
        <div className={styles.badges}>
          <Ring value={lead.score} size={26} label={t('words.scoreOf', { score: lead.score })} />
          {lead.conversation_status && <StatusBadge status={lead.conversation_status} holder={lead.assignee_name} waiting={waiting} asleepUntil={lead.asleep_until} />}
          {lead.tags.slice(0, 1).map((tag) => <Badge key={tag}>{tag}</Badge>)}
        </div>
      </Link>
      <IconButton className={styles.mover} label={t('pipeline.move', { name })} look="soft" onClick={onMove}><ArrowLeftRight size={17} /></IconButton>
    </li>
  )
}
