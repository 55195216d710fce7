import { useDroppable } from '@dnd-kit/react'
import { useId } from 'react'
import type { LeadRow } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import type { Column } from './api/board'
import { Card } from './card'
import styles from './pipeline.module.css'

interface Props {
  column: Column
  now: number
  isLoading: boolean
  onMore: () => void
  onMove: (lead: LeadRow) => void
}

/** A stage with its leads, and how many there are of them. */
export function ColumnView({ column: { stage, total, items, next_cursor }, now, isLoading, onMore, onMove }: Props) {
  const { t, format } = useI18n()
  const id = useId()
  const { ref, isDropTarget } = useDroppable({ id: stage.key, accept: 'lead' })
  return (
    <section ref={ref} className={styles.column} data-target={isDropTarget} aria-labelledby={id}>
      <header className={styles.columnHead}>
        <span className={styles.dot} data-outcome={stage.outcome} aria-hidden />
        <h2 id={id} className={styles.columnName}>{stage.name}</h2>
        <span className={styles.total} aria-label={t('pipeline.total', { count: total, number: format.number(total) })}>{format.number(total)}</span>
      </header>
      <ul className={styles.cards}>
        {items.map((lead) => <Card key={lead.id} lead={lead} now={now} onMove={() => onMove(lead)} />)}
        {items.length === 0 && <li className={styles.nobody}>{t('pipeline.nobody')}</li>}
        {next_cursor !== null && (
          <li className={styles.more}><Button look="quiet" isSmall isBusy={isLoading} onClick={onMore}>{t('common.loadMore')}</Button></li>
        )}
      </ul>
    </section>
  )
}
