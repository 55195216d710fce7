import { describe, expect, it } from 'vitest'
import { stillUnsent, type Unsent } from '@/features/chat/outbox'
import { daysOf, lastSeq, messagesOf, withMessages, type Thread } from '@/features/chat/thread-model'
import { matching } from '@/features/chat/use-quick-reply-menu'
import type { Message } from '@/shared/api/model'

function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`, seq, direction: 'in', author: 'lead', purpose: null, type: 'text', text: `${seq}`, media: null,
    status: 'received', error_code: null, member_id: null, member_name: null, at: `2026-11-25T12:0${seq % 10}:00Z`,
    delivered_at: null, read_at: null, edited_at: null, deleted_at: null, reply_to: null, can_retry: false, ...more,
  }
}

function thread(...pages: Message[][]): Thread {
  return {
    pages: pages.map((items) => ({ items, has_before: true, has_after: false })),
    pageParams: pages.map(() => null),
  }
}

const numbers = (of: Thread) => messagesOf(of).map(({ seq }) => seq)

describe('a thread', () => {
  const open = thread([message(5), message(6)], [message(3), message(4)])

  it('is in order, though its pages come from the end', () => {
    expect(numbers(open)).toEqual([3, 4, 5, 6])
  })

  it('takes what is new at its end', () => {
    expect(numbers(withMessages(open, [message(7), message(8)]))).toEqual([3, 4, 5, 6, 7, 8])
  })

  it('takes what it knows in its place, whatever page that is on', () => {
    const read = withMessages(open, [message(4, { status: 'read' })])
    expect(messagesOf(read).map(({ status }) => status)).toEqual(['received', 'read', 'received', 'received'])
    expect(read.pages.map(({ items }) => items.length)).toEqual([2, 2])
  })

  it('has a message once that came twice', () => {
    expect(numbers(withMessages(withMessages(open, [message(7)]), [message(7)]))).toEqual([3, 4, 5, 6, 7])
  })

  it('moves a placeholder to the end when its content comes under another number', () => {
    expect(numbers(withMessages(open, [message(9, { id: 'm5' })]))).toEqual([3, 4, 6, 9])
  })

  it('leaves out what the AI would have said', () => {
    expect(numbers(withMessages(open, [message(7, { purpose: 'suggestion' })]))).toEqual([3, 4, 5, 6])
  })

  it('knows its last number also where that is not shown', () => {
    expect(lastSeq(withMessages(open, [message(7, { purpose: 'suggestion' })]))).toBe(7)
  })
})

describe('days', () => {
  it('begin with each other day, and keep together who speaks on', () => {
    const said = [
      message(1),
      message(2),
      message(3, { author: 'ai', direction: 'out' }),
      message(4, { author: 'ai', direction: 'out', at: '2026-11-26T12:00:00Z' }),
    ]
    const days = daysOf(said, (at) => at.slice(0, 10))
    expect(days.map((day) => day.groups.map((group) => group.messages.map(({ seq }) => seq)))).toEqual([[[1, 2], [3]], [[4]]])
  })

  it('set a note apart from what its writer said to the lead', () => {
    const own = { author: 'attendant', direction: 'out', member_id: 'a' } as const
    const days = daysOf([message(1, own), message(2, { ...own, purpose: 'note' })], (at) => at.slice(0, 10))
    expect(days[0]?.groups).toHaveLength(2)
  })
})

describe('words on their way', () => {
  const words = (state: Unsent['state']): Unsent => ({ key: 'k', kind: 'message', text: 'oi', at: '', state })

  it('stay until the thread shows all that they became', () => {
    const said = [words({ is: 'said', ids: ['m1', 'm2'] })]
    expect(stillUnsent(said, [message(1)])).toEqual(said)
    expect(stillUnsent(said, [message(1), message(2)])).toEqual([])
  })

  it('stay when they failed', () => {
    const failed = [words({ is: 'failed', error: null })]
    expect(stillUnsent(failed, [message(1)])).toEqual(failed)
  })
})

describe('quick replies', () => {
  const replies = [
    { id: '1', shortcut: 'pix', text: 'Nossa chave é o horário' },
    { id: '2', shortcut: 'horário', text: 'Das 8h às 18h' },
  ]

  it('are found without accents, by their shortcut first', () => {
    expect(matching(replies, 'horario').map(({ id }) => id)).toEqual(['2', '1'])
  })
})
