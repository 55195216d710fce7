import type { InfiniteData } from '@tanstack/react-query'
import type { Message, MessagePage } from '@/shared/api/model'

export type Thread = InfiniteData<MessagePage, number | null>

/** Messages that stand together: of one author, one after the other. */
export interface Group {
  key: string
  messages: Message[]
}

export interface Day {
  key: string
  groups: Group[]
}

const TOGETHER = 5 * 60_000

/** All of them in order, each once and as it came last; what the AI would have said is shown elsewhere. */
export function messagesOf(thread: Pick<Thread, 'pages'> | undefined): Message[] {
  const byId = new Map<string, Message>()
  for (const page of [...(thread?.pages ?? [])].reverse()) for (const message of page.items) byId.set(message.id, message)
  return [...byId.values()].filter((message) => message.purpose !== 'suggestion').sort((a, b) => a.seq - b.seq)
}

/** The thread with these messages: those it has are replaced where they are, the others are its latest. */
export function withMessages(thread: Thread, incoming: readonly Message[]): Thread {
  const fresh = new Map(incoming.map((message) => [message.id, message]))
  const pages = thread.pages.map((page) => ({
    ...page,
    items: page.items.map((message) => {
      const replacement = fresh.get(message.id)
      fresh.delete(message.id)
      return replacement ?? message
    }),
  }))
  const [latest, ...older] = pages
  if (latest === undefined) return thread
  return { ...thread, pages: [{ ...latest, items: [...latest.items, ...fresh.values()] }, ...older] }
}

/** The number of the last message that is known. */
export function lastSeq(thread: Thread): number {
  return Math.max(0, ...thread.pages.flatMap((page) => page.items.map((message) => message.seq)))
}

/** By days and, within each, by who speaks. */
export function daysOf(messages: readonly Message[], dayKey: (at: string) => string): Day[] {
  const days: Day[] = []
  let before: Message | undefined
  for (const message of messages) {
    const key = dayKey(message.at)
    let day = days.at(-1)
    if (day?.key !== key) days.push((day = { key, groups: [] }))
    const group = day.groups.at(-1)
    if (group && before && standTogether(before, message)) group.messages.push(message)
    else day.groups.push({ key: message.id, messages: [message] })
    before = message
  }
  return days
}

function standTogether(before: Message, after: Message): boolean {
  return (
    before.author === after.author &&
    before.member_id === after.member_id &&
    (before.purpose === 'note') === (after.purpose === 'note') &&
    Date.parse(after.at) - Date.parse(before.at) < TOGETHER
  )
}
