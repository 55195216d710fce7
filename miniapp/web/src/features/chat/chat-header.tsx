import { ArrowLeft, EllipsisVertical } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Conversation } from '@/shared/api/model'
import { useChannelName } from '@/shared/domain/channel-mark'
import { LeadAvatar } from '@/shared/domain/lead-avatar'
import { useLeadName } from '@/shared/domain/lead-name'
import { useLead } from '@/shared/domain/use-lead'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useTelegramHasBack } from '@/shared/telegram/use-has-back'
import { IconButton } from '@/shared/ui/button'
import { classNames } from '@/shared/ui/class-names'
import { Skeleton } from '@/shared/ui/states'
import { useIsWide } from '@/shared/ui/use-is-wide'
import { ActionsSheet } from './actions-sheet'
import styles from './chat-page.module.css'
import { QuickActions } from './quick-actions'

/** Who it is with and whose turn it is; it leads to the lead, and to what can be done. */
export function ChatHeader({ conversation, onBack }: { conversation: Conversation; onBack: () => void }) {
  const { t } = useI18n()
  const hasBack = useTelegramHasBack()
  const isWide = useIsWide()
  const lead = useLead(conversation.lead_id).data
  const nameOf = useLeadName()
  const channelName = useChannelName()
  const [isOpen, setIsOpen] = useState(false)
  const showsBack = !hasBack && !isWide
  const state = conversation.status === 'human' && conversation.assignee_name
    ? t('chat.with', { name: conversation.assignee_name })
    : t(`words.status.${conversation.status}`)
  return (
    <header className={classNames(styles.header, showsBack && styles.withBack)}>
      {showsBack && <IconButton label={t('common.back')} onClick={onBack}><ArrowLeft size={22} /></IconButton>}
      <Link href={`/leads/${conversation.lead_id}`} className={styles.who ?? ''} title={t('chat.openLead')}>
        {lead ? <LeadAvatar lead={lead} size={42} /> : <Skeleton width={42} height={42} radius={21} />}
        <span className={styles.names}>
          <h1 className={styles.name}>{lead ? nameOf(lead) : <Skeleton width={140} height={16} />}</h1>
          <p className={styles.state}>{state} · {channelName(conversation.channel)}</p>
        </span>
      </Link>
      {isWide && <QuickActions conversation={conversation} />}
      <IconButton label={t('chat.actions')} look="soft" onClick={() => setIsOpen(true)}><EllipsisVertical size={22} /></IconButton>
      {isOpen && <ActionsSheet conversation={conversation} onClose={() => setIsOpen(false)} />}
    </header>
  )
}
