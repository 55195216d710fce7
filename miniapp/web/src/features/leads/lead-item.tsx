import { Bot } from 'lucide-react'
import { Link } from 'wouter'
import type { LeadRow } from '@/shared/api/model'
import { LeadAvatar } from '@/shared/domain/lead-avatar'
import { useLeadName } from '@/shared/domain/lead-name'
import { StageBadge } from '@/shared/domain/stage-badge'
import { StatusBadge } from '@/shared/domain/status-badge'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Ring } from '@/shared/ui/ring'
import styles from './lead-item.module.css'

interface Props {
  lead: LeadRow
  isOpen: boolean
  now: number
}

/** A lead in the list; it leads to the conversation, and where there is none to the lead. */
export function LeadItem({ lead, isOpen, now }: Props) {
  const { t, format } = useI18n()
  const name = useLeadName()(lead)
  const since = waitingSince(lead)
  const waiting = since === null ? null : format.lasting(now - since)
  const place = lead.conversation_id ? `/chats/${lead.conversation_id}` : `/leads/${lead.id}`
  return (
    <Link href={place} data-opens={`${lead.id} ${lead.conversation_id ?? ''}`} className={styles.item ?? ''} aria-current={isOpen ? 'true' : undefined}>
      <LeadAvatar lead={lead} />
      <div className={styles.body}>
        <div className={styles.line}>
          <span className={styles.name}>{name}</span>
          <time className={styles.time} dateTime={lead.last_activity_at}>{format.short(lead.last_activity_at)}</time>
        </div>
        <div className={styles.line}>
          <p className={styles.text}>
            {lead.last_author === 'ai' && <Bot size={14} aria-label={t('words.author.ai')} className={styles.author} />}
            {lead.last_author === 'attendant' && <span className={styles.team}>{t('leads.team')} </span>}
            {lead.last_text ?? t('leads.noText')}
          </p>
          <Ring value={lead.score} size={26} label={t('words.scoreOf', { score: lead.score })} />
        </div>
        <div className={styles.badges}>
          {lead.conversation_status && <StatusBadge status={lead.conversation_status} holder={lead.assignee_name} waiting={waiting} asleepUntil={lead.asleep_until} />}
          <StageBadge stageKey={lead.stage_key} />
          {lead.tags.slice(0, 2).map((tag) => <Badge key={tag}>{tag}</Badge>)}
        </div>
      </div>
    </Link>
  )
}

/** How long the lead has waited for people; the AI's few seconds are not worth a word. */
function waitingSince(lead: LeadRow): number | null {
  const isPeoples = lead.conversation_status === 'waiting_human' || lead.conversation_status === 'human'
  return isPeoples && lead.unanswered_since !== null ? Date.parse(lead.unanswered_since) : null
}
