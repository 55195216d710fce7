import { useSortable } from '@dnd-kit/react/sortable'
import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { IconButton } from '@/shared/ui/button'
import type { Planned } from './plan'
import styles from './stages.module.css'

interface Props {
  stage: Planned
  at: number
  count: number
  isFixed: boolean
  isFaulty: boolean
  onOpen: () => void
  onShift: (step: -1 | 1) => void
}

/** A stage in the order: dragged by its handle, or moved by its arrows. */
export function StageRow({ stage, at, count, isFixed, isFaulty, onOpen, onShift }: Props) {
  const { t } = useI18n()
  const { ref, handleRef, isDragging } = useSortable({ id: stage.id, index: at, disabled: isFixed })
  const about = stage.outcome === 'open' && stage.minScore !== null ? t('settings.fromScore', { score: stage.minScore }) : null
  return (
    <li ref={ref} className={styles.stage} data-dragging={isDragging} data-faulty={isFaulty}>
      {!isFixed && (
        <button ref={handleRef} type="button" className={styles.handle} aria-label={t('settings.dragStage', { name: stage.name })}>
          <GripVertical size={20} aria-hidden />
        </button>
      )}
      <button type="button" className={styles.name} disabled={isFixed} onClick={onOpen}>
        <span>{stage.name}</span>
        {about && <small>{about}</small>}
      </button>
      {stage.outcome !== 'open' && <Badge tone={stage.outcome === 'won' ? 'good' : 'bad'}>{t(`settings.outcome.${stage.outcome}`)}</Badge>}
      {!isFixed && (
        <span className={styles.arrows}>
          <IconButton label={t('settings.moveUp', { name: stage.name })} look="soft" disabled={at === 0} onClick={() => onShift(-1)}><ArrowUp size={18} /></IconButton>
          <IconButton label={t('settings.moveDown', { name: stage.name })} look="soft" disabled={at === count - 1} onClick={() => onShift(1)}><ArrowDown size={18} /></IconButton>
        </span>
      )}
    </li>
  )
}
