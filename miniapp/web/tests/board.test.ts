import { describe, expect, it } from 'vitest'
import type { Board } from '@/features/pipeline/api/board'
import { leadOn, withMore, withMoved } from '@/features/pipeline/board-model'
import type { LeadRow } from '@/shared/api/model'

const lead = (id: string, stage_key: string) => ({ id, stage_key }) as LeadRow
const column = (key: string, total: number, ids: readonly string[]) => ({
  stage: { key, name: key, position: 0, min_score: null, outcome: 'open' as const },
  total,
  items: ids.map((id) => lead(id, key)),
  next_cursor: 'next',
})
const board: Board = { columns: [column('new', 40, ['a', 'b']), column('hot', 1, ['c'])] }
const shape = ({ columns }: Board) => columns.map(({ total, items }) => [total, items.map((one) => `${one.id}:${one.stage_key}`).join(' ')])

describe('a card that is moved', () => {
  it('is at the head of its new column, and the totals go along', () => {
    expect(shape(withMoved(board, 'b', 'hot'))).toEqual([[39, 'a:new'], [2, 'b:hot c:hot']])
  })

  it('comes back as it was when it is moved back', () => {
    expect(leadOn(withMoved(withMoved(board, 'b', 'hot'), 'b', 'new'), 'b')?.stage_key).toBe('new')
  })

  it('stays where it is, if that is where it goes, or if there is no such stage or lead', () => {
    for (const [id, to] of [['a', 'new'], ['a', 'gone'], ['z', 'hot']] as const) expect(withMoved(board, id, to)).toBe(board)
  })
})

describe('more of a column', () => {
  it('comes behind what is there, and nobody twice', () => {
    const more = withMore(board, 'new', { items: [lead('b', 'new'), lead('d', 'new')], next_cursor: null })
    expect(shape(more)[0]).toEqual([40, 'a:new b:new d:new'])
    expect(more.columns.map((one) => one.next_cursor)).toEqual([null, 'next'])
  })
})
