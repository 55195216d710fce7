import type { InfiniteData } from '@tanstack/react-query'
import type { LeadPage, LeadRow } from '@/shared/api/model'

export type LeadPages = InfiniteData<LeadPage, string | null>

/** The list with its first page as it is now, the others as they were; what has moved up to it is not there twice. */
export function mergeHead(pages: LeadPages, head: LeadPage): LeadPages {
  const [first, ...later] = pages.pages
  // What the list had fits its first page, or is what that page's own cursor leads to.
  if (head.next_cursor === null || first?.next_cursor == null) return { pages: [head], pageParams: [null] }
  const atHead = new Set(head.items.map((row) => row.id))
  const others = (page: LeadPage) => page.items.filter((row) => !atHead.has(row.id))
  return {
    pages: [
      // What the first page no longer has was pushed down: it goes on where that page's cursor leads.
      { items: [...head.items, ...others(first)], next_cursor: first.next_cursor },
      ...later.map((page) => ({ ...page, items: others(page) })),
    ],
    pageParams: pages.pageParams,
  }
}

/** The list with this lead as he is now, where he was; without him, if he is no longer one of them (`null`). */
export function replaceRow(pages: LeadPages, id: string, row: LeadRow | null): LeadPages {
  const replaced = (old: LeadRow) => (old.id !== id ? [old] : row === null ? [] : [row])
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.flatMap(replaced) })) }
}

export function hasRow(pages: LeadPages, id: string): boolean {
  return pages.pages.some((page) => page.items.some((row) => row.id === id))
}
