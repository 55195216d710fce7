import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Row, Section } from '@/shared/ui/section'
import { useReason } from './reasons'

const SHOWN = 6

/** Why the score is what it is. */
export function ScoreReasons({ lead }: { lead: Lead }) {
  const { t, format } = useI18n()
  const reasonOf = useReason()
  if (lead.score_reasons.length === 0) return null
  return (
    <Section title={t('lead.scoreWhy')}>
      {lead.score_reasons.slice(0, SHOWN).map((change, at) => {
        const step = change.after - change.before
        return (
          <Row
            key={at}
            label={reasonOf(change.reason)}
            hint={format.moment(change.at)}
            end={<Badge tone={step < 0 ? 'bad' : 'good'}>{step < 0 ? '−' : '+'}{Math.abs(step)}</Badge>}
          />
        )
      })}
    </Section>
  )
}
