import { Check } from 'lucide-react'
import type { LeadRow, Stage } from '@/shared/api/model'
import { useLeadName } from '@/shared/domain/lead-name'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'

interface Props {
  lead: LeadRow
  stages: readonly Stage[]
  onPick: (stageKey: string) => void
  onClose: () => void
}

/** Where to move a card, for whoever would rather not drag. */
export function MoveSheet({ lead, stages, onPick, onClose }: Props) {
  const { t } = useI18n()
  const name = useLeadName()(lead)
  return (
    <Sheet title={t('pipeline.moveTo', { name })} onClose={onClose}>
      <Section>
        {stages.map((stage) => (
          <Row
            key={stage.key}
            label={stage.name}
            end={stage.key === lead.stage_key && <Check size={20} aria-label={t('lead.isHere')} />}
            onClick={() => onPick(stage.key)}
          />
        ))}
      </Section>
    </Sheet>
  )
}
