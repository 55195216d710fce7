import { useState } from 'react'
import type { LeadRow } from '@/shared/api/model'
import { useLeadName } from '@/shared/domain/lead-name'
import { DragArea } from '@/shared/ui/drag-area'
import { useNow } from '@/shared/ui/use-now'
import type { Board as Columns, BoardFilters } from './api/board'
import { useMore } from './api/more'
import { useMoveCard } from './api/move'
import { leadOn } from './board-model'
import { ColumnView } from './column'
import { MoveSheet } from './move-sheet'
import styles from './pipeline.module.css'

/** The columns; a card is dragged to another one, or moved by its button. */
export function Board({ board, filters, isOld }: { board: Columns; filters: BoardFilters; isOld: boolean }) {
  const now = useNow()
  const nameOf = useLeadName()
  const move = useMoveCard(filters)
  const more = useMore(filters)
  const [moving, setMoving] = useState<LeadRow | null>(null)
  const put = (lead: LeadRow | undefined, to: string) => {
    if (lead && lead.stage_key !== to) move.mutate({ leadId: lead.id, from: lead.stage_key, to })
  }
  const named = (id: string) => {
    const lead = leadOn(board, id)
    return lead ? nameOf(lead) : (board.columns.find((column) => column.stage.key === id)?.stage.name ?? '')
  }
  return (
    <DragArea
      nameOf={named}
      onDragEnd={({ operation: { source, target }, canceled }) => {
        if (!canceled && source && target) put(leadOn(board, String(source.id)), String(target.id))
      }}
    >
      <div className={styles.board} data-old={isOld}>
        {board.columns.map((column) => (
          <ColumnView
            key={column.stage.key}
            column={column}
            now={now}
            isLoading={more.isPending && more.variables.stage.key === column.stage.key}
            onMore={() => more.mutate(column)}
            onMove={setMoving}
          />
        ))}
      </div>
      {moving && (
        <MoveSheet
          lead={moving}
          stages={board.columns.map((column) => column.stage)}
          onPick={(to) => {
            put(moving, to)
            setMoving(null)
          }}
          onClose={() => setMoving(null)}
        />
      )}
    </DragArea>
  )
}
