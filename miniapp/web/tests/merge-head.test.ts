import { describe, expect, it } from 'vitest'
import { mergeHead, replaceRow, type LeadPages } from '@/features/leads/merge-head'
import type { LeadRow } from '@/shared/api/model'

const row = (id: string, name = id) => ({ id, name }) as LeadRow
const page = (ids: string, next: string | null) => ({ items: [...ids.split('')].map((id) => row(id)), next_cursor: next })
const list: LeadPages = { pages: [page('abc', 'after-c'), page('def', null)], pageParams: [null, 'after-c'] }
const ids = (pages: LeadPages) => pages.pages.flatMap(({ items }) => items.map(({ id }) => id)).join('')

describe('a list whose first page is loaded anew', () => {
  it('has at its top who has written, and him once', () => {
    expect(ids(mergeHead(list, page('eab', 'after-b'), new Set('e'), true))).toBe('eabcdf')
  })

  it('has who is new', () => {
    expect(ids(mergeHead(list, page('xab', 'after-b'), new Set('x'), true))).toBe('xabcdef')
  })

  it('no longer has who changed and is not at the top of a list by activity', () => {
    expect(ids(mergeHead(list, page('abc', 'after-c'), new Set('d'), true))).toBe('abcef')
  })

  it('keeps him where he was in a list of another order', () => {
    expect(ids(mergeHead(list, page('abc', 'after-c'), new Set('d'), false))).toBe('abcdef')
  })

  it('goes on where its last page leads', () => {
    const merged = mergeHead({ pages: [page('abc', 'after-c')], pageParams: [null] }, page('xab', 'after-b'), new Set('x'), true)
    expect(merged.pages.at(-1)?.next_cursor).toBe('after-c')
  })

  it('is its first page when there is no other', () => {
    expect(ids(mergeHead(list, page('ab', null), new Set('c'), true))).toBe('ab')
  })
})

describe('a row', () => {
  it('is replaced where it is', () => {
    expect(replaceRow(list, row('e', 'Eva')).pages[1]?.items.map(({ name }) => name)).toEqual(['d', 'Eva', 'f'])
  })
})
