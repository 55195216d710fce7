import { describe, expect, it } from 'vitest'
import { matches } from '@/features/leads/matches'
import { mergeHead, replaceRow, type LeadPages } from '@/features/leads/merge-head'
import type { LeadRow } from '@/shared/api/model'

const row = (id: string, name = id) => ({ id, name }) as LeadRow
const page = (ids: string, next: string | null) => ({ items: [...ids.split('')].map((id) => row(id)), next_cursor: next })
const list: LeadPages = { pages: [page('abc', 'after-c'), page('def', null)], pageParams: [null, 'after-c'] }
const ids = (pages: LeadPages) => pages.pages.flatMap(({ items }) => items.map(({ id }) => id)).join('')

describe('a list whose first page is loaded anew', () => {
  it('has at its top who has written, and him once', () => {
    expect(ids(mergeHead(list, page('eab', 'after-b')))).toBe('eabcdf')
  })

  it('has who is new', () => {
    expect(ids(mergeHead(list, page('xab', 'after-b')))).toBe('xabcdef')
  })

  it('goes on where its last page leads', () => {
    const merged = mergeHead({ pages: [page('abc', 'after-c')], pageParams: [null] }, page('xab', 'after-b'))
    expect(merged.pages.at(-1)?.next_cursor).toBe('after-c')
  })

  it('is loaded on from its first page when it has just grown beyond it', () => {
    const merged = mergeHead({ pages: [page('abc', null)], pageParams: [null] }, page('xab', 'after-b'))
    expect([ids(merged), merged.pages.at(-1)?.next_cursor]).toEqual(['xab', 'after-b'])
  })

  it('is its first page when there is no other', () => {
    expect(ids(mergeHead(list, page('ab', null)))).toBe('ab')
  })
})

describe('a row', () => {
  it('is replaced where it is', () => {
    expect(replaceRow(list, 'e', row('e', 'Eva')).pages[1]?.items.map(({ name }) => name)).toEqual(['d', 'Eva', 'f'])
  })

  it('goes when it is no longer one of them', () => {
    expect(ids(replaceRow(list, 'e', null))).toBe('abcdf')
  })
})

describe('a lead that changed', () => {
  const lead = { stage_key: 'hot', conversation_status: 'human', channel: 'zapi', tags: ['vip'], assignee_id: 'ana' } as unknown as LeadRow

  it('stays in a list whose filters still mean him', () => {
    for (const filters of [{}, { stage: 'hot' }, { tag: 'vip', channel: 'zapi' }, { assignee_id: 'ana' }, { q: 'whoever' }]) {
      expect(matches(lead, filters), JSON.stringify(filters)).toBe(true)
    }
  })

  it('leaves a list whose filters no longer do', () => {
    for (const filters of [{ stage: 'new' }, { status: 'waiting_human' as const }, { tag: 'x' }, { unassigned: true }, { assignee_id: 'bia' }]) {
      expect(matches(lead, filters), JSON.stringify(filters)).toBe(false)
    }
  })
})
