import { Badge } from '@/shared/ui/badge'
import { useStage } from './catalogues'
import styles from './stage-badge.module.css'

/** Where a lead stands in the business's pipeline. */
export function StageBadge({ stageKey }: { stageKey: string }) {
  const stage = useStage(stageKey)
  return <Badge icon={<span className={styles.dot} data-outcome={stage?.outcome} />}>{stage?.name ?? stageKey}</Badge>
}
