import { Badge, type Tone } from '@/shared/ui/badge'
import { useStage } from './catalogues'

/** Where a lead stands in the business's pipeline. */
export function StageBadge({ stageKey }: { stageKey: string }) {
  const stage = useStage(stageKey)
  return <Badge tone={toneOf(stage?.outcome ?? null)}>{stage?.name ?? stageKey}</Badge>
}

function toneOf(outcome: string | null): Tone {
  if (outcome === 'won') return 'good'
  return outcome === 'lost' ? 'bad' : 'accent'
}
