import type { InfiniteData } from '@tanstack/react-query'
import type { LeadPage, LeadRow } from '@/shared/api/model'

export type LeadPages = InfiniteData<LeadPage, string | null>

/**
 * The list with its first page as it is now, the others as they were. What has moved up to it is not there twice, and
 * of the leads that `changed` those that are no longer at the head of a list by activity are no longer in it at all.
 */
export function mergeHead(pages: LeadPages, head: LeadPage, changed: ReadonlySet<string>, isByActivity: boolean): LeadPages {
  if (head.next_cursor === null) return { pages: [head], pageParams: [null] }
  const atHead = new Set(head.items.map((row) => row.id))
  const stays = (row: LeadRow) => !atHead.has(row.id) && !(isByActivity && changed.has(row.id))
  const [first, ...later] = pages.pages
  if (first === undefined) return { pages: [head], pageParams: [null] }
  // What the first page no longer has was pushed down: it goes on where that page's cursor leads.
  const pushedDown = first.items.filter(stays)
  return {
    pages: [
      { items: [...head.items, ...pushedDown], next_cursor: first.next_cursor ?? (later.length === 0 ? head.next_cursor : null) },
      ...later.map((page) => ({ ...page, items: page.items.filter(stays) })),
    ],
    pageParams: pages.pageParams,
  }
}

/** The list with this lead as it is now, where it was. */
export function replaceRow(pages: LeadPages, row: LeadRow): LeadPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: page.items.map((old) => (old.id === row.id ? row : old)) })),
  }
}

export function hasRow(pages: LeadPages, id: string): boolean {
  return pages.pages.some((page) => page.items.some((row) => row.id === id))
}
