import type { LeadPage, LeadRow } from '@/shared/api/model'
import type { Board, Column } from './api/board'

/** The lead, wherever it is on the board. */
export function leadOn(board: Board, id: string): LeadRow | undefined {
  return board.columns.flatMap((column) => column.items).find((lead) => lead.id === id)
}

/** The board with that lead in another column, at its head; totals go along. */
export function withMoved(board: Board, id: string, to: string): Board {
  const lead = leadOn(board, id)
  if (lead === undefined || lead.stage_key === to || !board.columns.some((column) => column.stage.key === to)) return board
  return { columns: board.columns.map((column) => moveIn(column, lead, to)) }
}

function moveIn(column: Column, lead: LeadRow, to: string): Column {
  if (column.stage.key === to) return { ...column, total: column.total + 1, items: [{ ...lead, stage_key: to }, ...column.items] }
  const items = column.items.filter((one) => one.id !== lead.id)
  return items.length === column.items.length ? column : { ...column, total: column.total - 1, items }
}

/** The board with the next leads of a column; one that came there meanwhile is not there twice. */
export function withMore(board: Board, stageKey: string, page: LeadPage): Board {
  return {
    columns: board.columns.map((column) => {
      if (column.stage.key !== stageKey) return column
      const known = new Set(column.items.map((lead) => lead.id))
      return { ...column, items: [...column.items, ...page.items.filter((lead) => !known.has(lead.id))], next_cursor: page.next_cursor }
    }),
  }
}
