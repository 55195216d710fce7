import type { BoardFilters } from './api/board'

export const VIEWS = ['all', 'waiting', 'mine', 'unassigned', 'ai'] as const
export type View = (typeof VIEWS)[number]

/** What the board is asked by; what is not asked is left out. */
export function filtersOf(view: View, memberId: string, q: string, channel: string | null): BoardFilters {
  return {
    ...(q ? { q } : {}),
    ...(channel ? { channel } : {}),
    ...(view === 'waiting' ? { status: 'waiting_human' as const } : {}),
    ...(view === 'ai' ? { status: 'ai' as const } : {}),
    ...(view === 'mine' ? { assignee_id: memberId } : {}),
    ...(view === 'unassigned' ? { unassigned: true } : {}),
  }
}
