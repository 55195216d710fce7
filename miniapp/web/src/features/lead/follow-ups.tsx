import { CircleSlash2, Hourglass, Repeat } from 'lucide-react'
import { Link } from 'wouter'
import type { ComingFollowUp, Lead, PastFollowUp } from '@/shared/api/model'
import { useFollowUpWords } from '@/shared/domain/follow-up-words'
import { useLeadName } from '@/shared/domain/lead-name'
import { StopFollowUp } from '@/shared/domain/stop-follow-up'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Row, Section } from '@/shared/ui/section'
import { ErrorState } from '@/shared/ui/states'
import { useFollowUps } from './api/follow-ups'
import styles from './lead.module.css'

/** What he will be written unasked, which can be stopped; what he was, and what was not said, and why. */
export function FollowUps({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const found = useFollowUps(lead.id)
  if (found.isError && !found.data) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />
  if (!found.data || (!found.data.coming && found.data.past.length === 0)) return null
  const { coming, past } = found.data
  return (
    <Section title={t('lead.followUp.title')}>
      {coming && <Next coming={coming} lead={lead} />}
      {past.map((one) => <Past key={one.id} one={one} />)}
    </Section>
  )
}

function Next({ coming, lead }: { coming: ComingFollowUp; lead: Lead }) {
  const { t } = useI18n()
  const words = useFollowUpWords()
  const name = useLeadName()(lead)
  const { step, hold, refusal } = coming
  const why = hold ?? refusal
  const key = coming.is_leaving ? 'leaving' : hold ? 'held' : refusal ? 'refused' : 'next'
  return (
    <Row
      start={why ? <Hourglass size={20} aria-hidden /> : <Repeat size={20} aria-hidden />}
      label={t(`lead.followUp.${key}`, { step, time: words.when(coming) })}
      hint={
        <>
          {why && <div>{words.reason(why)}</div>}
          {coming.text && <div className={styles.quoted}>{coming.text}</div>}
          {coming.id && <div className={styles.stop}><StopFollowUp id={coming.id} leadId={lead.id} leadName={name} /></div>}
        </>
      }
    />
  )
}

function Past({ one }: { one: PastFollowUp }) {
  const { t, format } = useI18n()
  const words = useFollowUpWords()
  const isSent = one.state === 'sent'
  const label = t('lead.followUp.step', { step: one.step })
  return (
    <Row
      start={isSent ? <Repeat size={20} aria-hidden /> : <CircleSlash2 size={20} aria-hidden />}
      label={isSent ? <Link href={`/chats/${one.conversation_id}`}>{label}</Link> : label}
      hint={isSent && one.sent_at ? t('lead.followUp.sentAt', { time: format.moment(one.sent_at) }) : one.reason && words.reason(one.reason)}
      end={
        <Badge tone={one.answered_at ? 'good' : one.state === 'failed' ? 'bad' : 'neutral'}>
          {t(`lead.followUp.state.${one.answered_at ? 'answered' : (one.state as 'sent' | 'failed' | 'cancelled')}`)}
        </Badge>
      }
    />
  )
}
