import { describe, expect, it } from 'vitest'
import { backoff } from '@/shared/live/backoff'
import { conversationsOf, leadsOf, readEvent, type Change } from '@/shared/live/changes'
import { EventStreamParser } from '@/shared/live/event-stream'

const STREAM = 'id: e-1-0\nevent: changes\ndata: {"v":1,"changes":[]}\n\n: beat\n\nid: e-2-0\nevent: reset\ndata: {}\n\n'
const EVENTS = [
  { id: 'e-1-0', event: 'changes', data: '{"v":1,"changes":[]}' },
  null,
  { id: 'e-2-0', event: 'reset', data: '{}' },
]

describe('a stream of events', () => {
  it('is read wherever it is cut', () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const parser = new EventStreamParser()
      const found = []
      for (let at = 0; at < STREAM.length; at += size) found.push(...parser.push(STREAM.slice(at, at + size)))
      expect(found, `pieces of ${size}`).toEqual(EVENTS)
    }
  })

  it('may end its lines in any of the three ways', () => {
    for (const end of ['\n', '\r\n']) {
      expect(new EventStreamParser().push(STREAM.replaceAll('\n', end))).toEqual(EVENTS)
    }
  })

  it('has data in several lines, and a name only where it has one', () => {
    expect(new EventStreamParser().push('data: one\ndata:two\n\n')).toEqual([{ id: '', event: 'message', data: 'one\ntwo' }])
  })

  it('gives nothing for an event without data', () => {
    expect(new EventStreamParser().push('event: changes\n\n')).toEqual([])
  })
})

describe('changes', () => {
  const changes: Change[] = [
    { kind: 'lead', subject: 'l1' },
    { kind: 'message_in', subject: 'm1', conversation: 'c1', lead: 'l1' },
    { kind: 'conversation', subject: 'c2', lead: 'l2' },
    { kind: 'settings', subject: 't1' },
  ]

  it('are told apart from a reset', () => {
    const data = JSON.stringify({ v: 1, changes })
    expect(readEvent({ id: '1', event: 'changes', data })).toEqual(changes)
    expect(readEvent({ id: '1', event: 'reset', data: '{}' })).toBe('reset')
    expect(readEvent({ id: '1', event: 'of a later release', data: '' })).toEqual([])
  })

  it('name each lead and each conversation once', () => {
    expect(leadsOf(changes)).toEqual(['l1', 'l2'])
    expect(conversationsOf(changes)).toEqual(['c1', 'c2'])
    expect(leadsOf(changes, 'message_in')).toEqual(['l1'])
  })
})

describe('the wait after failures', () => {
  it('grows, is never over half a minute, and is not the same for everybody', () => {
    expect([1, 2, 3].map((failures) => backoff(failures, () => 1))).toEqual([1_000, 2_000, 4_000])
    expect(backoff(50, () => 1)).toBe(30_000)
    expect(backoff(50, () => 0)).toBe(15_000)
  })
})
