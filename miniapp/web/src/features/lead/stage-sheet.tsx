import { Check } from 'lucide-react'
import type { Lead } from '@/shared/api/model'
import { useStages } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import { useMoveStage } from './api/move-stage'

/** The stages, and the one where the lead is. */
export function StageSheet({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useI18n()
  const stages = useStages()
  const move = useMoveStage(lead.id, stages)
  const pick = (key: string) => {
    if (key !== lead.stage_key) move.mutate({ to: key, from: lead.stage_key })
    onClose()
  }
  return (
    <Sheet title={t('lead.stage')} onClose={onClose}>
      <Section>
        {stages.map((stage) => (
          <Row
            key={stage.key}
            label={stage.name}
            hint={stage.min_score === null ? undefined : t('lead.from', { score: stage.min_score })}
            end={stage.key === lead.stage_key && <Check size={20} aria-label={t('lead.isHere')} />}
            onClick={() => pick(stage.key)}
          />
        ))}
      </Section>
    </Sheet>
  )
}
