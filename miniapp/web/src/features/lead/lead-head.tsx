import { BellOff, BellRing, ChevronDown, MessageSquareText, Pencil, StickyNote } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Lead } from '@/shared/api/model'
import { useStage } from '@/shared/domain/catalogues'
import { LeadAvatar } from '@/shared/domain/lead-avatar'
import { useLeadName } from '@/shared/domain/lead-name'
import { phoneText } from '@/shared/domain/phone'
import { StatusBadge } from '@/shared/domain/status-badge'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Ring } from '@/shared/ui/ring'
import { useToast } from '@/shared/ui/toast-context'
import { useChangeLead } from './api/change-lead'
import styles from './lead.module.css'
import { NameSheet } from './name-sheet'
import { NoteSheet } from './note-sheet'
import { StageSheet } from './stage-sheet'

type Open = 'stage' | 'note' | 'name' | null

/** A member writes down what the lead said elsewhere: that he is to be left alone, or that he is not. */
function OptOutButton({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const toast = useToast()
  const change = useChangeLead(lead.id)
  const isOut = lead.opted_out_at !== null
  const Icon = isOut ? BellRing : BellOff
  const put = () => change.mutate(
    { opted_out: !isOut },
    { onSuccess: () => toast({ text: t(isOut ? 'lead.followUpsAllowed' : 'lead.leftAlone') }) },
  )
  return (
    <button type="button" className={styles.action} onClick={put} disabled={change.isPending}>
      <Icon size={22} aria-hidden />{t(isOut ? 'lead.allowFollowUps' : 'lead.leaveAlone')}
    </button>
  )
}

/** Who he is, how far he has come, and what to do next. */
export function LeadHead({ lead, isBesideChat }: { lead: Lead; isBesideChat: boolean }) {
  const { t } = useI18n()
  const name = useLeadName()(lead)
  const stage = useStage(lead.stage_key)
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  return (
    <section className={styles.head} aria-label={name}>
      <LeadAvatar lead={lead} size={84} />
      <h2 className={styles.name}>{name}</h2>
      {lead.name && lead.phone && <p className={styles.phone}>{phoneText(lead.phone)}</p>}
      <div className={styles.badges}>
        {lead.conversation_status && <StatusBadge status={lead.conversation_status} holder={lead.assignee_name} asleepUntil={lead.asleep_until} />}
        {lead.opted_out_at && <Badge tone="bad">{t('lead.optedOut')}</Badge>}
      </div>
      <div className={styles.standing}>
        <div className={styles.score}>
          <Ring value={lead.score} size={58} label={t('words.scoreOf', { score: lead.score })} />
          <span className={styles.caption} aria-hidden>{t('lead.score')}</span>
        </div>
        <button type="button" className={styles.stage} onClick={() => setOpen('stage')} aria-haspopup="dialog">
          <span className={styles.caption}>{t('lead.stage')}</span>
          <span className={styles.stageName}>{stage?.name ?? lead.stage_key}<ChevronDown size={18} aria-hidden /></span>
        </button>
      </div>
      <div className={styles.actions}>
        {!isBesideChat && lead.conversation_id && (
          <Link href={`/chats/${lead.conversation_id}`} className={styles.action ?? ''}>
            <MessageSquareText size={22} aria-hidden />{t('lead.chat')}
          </Link>
        )}
        {lead.conversation_id && (
          <button type="button" className={styles.action} onClick={() => setOpen('note')}>
            <StickyNote size={22} aria-hidden />{t('lead.note')}
          </button>
        )}
        <button type="button" className={styles.action} onClick={() => setOpen('name')}>
          <Pencil size={22} aria-hidden />{t('lead.rename')}
        </button>
        <OptOutButton lead={lead} />
      </div>
      {open === 'stage' && <StageSheet lead={lead} onClose={close} />}
      {open === 'name' && <NameSheet lead={lead} onClose={close} />}
      {open === 'note' && lead.conversation_id && (
        <NoteSheet leadId={lead.id} conversationId={lead.conversation_id} onClose={close} />
      )}
    </section>
  )
}
