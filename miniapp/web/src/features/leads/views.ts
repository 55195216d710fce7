import type { LeadFilters } from '@/shared/api/model'

/** The questions that are asked most, one tap away. */
export const VIEWS = ['all', 'waiting', 'mine', 'unassigned', 'ai'] as const
export type View = (typeof VIEWS)[number]

/** What else narrows the list, chosen in the sheet. */
export type Narrowing = Pick<LeadFilters, 'stage' | 'channel' | 'source' | 'tag' | 'since' | 'status' | 'assignee_id'>

const OF_VIEW: Readonly<Record<View, (me: string) => LeadFilters>> = {
  all: () => ({}),
  waiting: () => ({ status: 'waiting_human' }),
  mine: (me) => ({ assignee_id: me }),
  unassigned: () => ({ unassigned: true }),
  ai: () => ({ status: 'ai' }),
}

/** What the server is asked: the view, narrowed further. */
export function filtersOf(view: View, me: string, narrowing: Narrowing, q: string, sort: LeadFilters['sort']): LeadFilters {
  return { ...narrowing, ...OF_VIEW[view](me), ...(q && { q }), ...(sort && sort !== 'recent' && { sort }) }
}

export function isNarrowed(narrowing: Narrowing): boolean {
  return Object.keys(narrowing).length > 0
}
