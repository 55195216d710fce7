import { Link } from 'wouter'
import type { ComingFollowUp } from '@/shared/api/model'
import { ChannelMark } from '@/shared/domain/channel-mark'
import { useFollowUpWords } from '@/shared/domain/follow-up-words'
import { StopFollowUp } from '@/shared/domain/stop-follow-up'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Row } from '@/shared/ui/section'
import styles from '../settings.module.css'

/** What one lead will be written, and when; why it would be held, or not said. */
export function ComingRow({ coming }: { coming: ComingFollowUp }) {
  const { t } = useI18n()
  const words = useFollowUpWords()
  const name = coming.lead_name ?? t('settings.nameless')
  const why = coming.hold ?? coming.refusal
  return (
    <Row
      start={<ChannelMark channel={coming.channel} size={34} />}
      label={<Link href={`/leads/${coming.lead_id}`}><strong>{name}</strong></Link>}
      end={coming.hold ? <Badge tone="warn">{t('settings.coming.held')}</Badge> : coming.refusal ? <Badge>{t('settings.coming.refused')}</Badge> : words.when(coming)}
      hint={
        <>
          <div>{t('settings.followUp.step', { number: coming.step })} · {t(`words.followUp.kind.${coming.kind}`)}</div>
          {why && <div>{words.reason(why)}</div>}
          {coming.text && <div className={styles.clamp}>{coming.text}</div>}
          {coming.id && <div className={styles.actions}><StopFollowUp id={coming.id} leadId={coming.lead_id} leadName={name} /></div>}
        </>
      }
    />
  )
}
