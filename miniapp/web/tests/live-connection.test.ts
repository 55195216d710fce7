import { describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@/shared/api/client'
import { Session } from '@/shared/api/session'
import { LiveConnection, type LiveListener } from '@/shared/live/live-connection'
import { json, problem, server, type Asked } from './answers'

const CHANGE = { kind: 'lead', subject: 'l1' }
const changes = (id: string) => `id: ${id}\nevent: changes\ndata: ${JSON.stringify({ v: 1, changes: [CHANGE] })}\n\n`
const stream = (text: string) => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } })

/** A session whose every renewal is answered like this. */
function renewedBy(answer: () => Response): Session {
  return new Session({ read: () => 'r', write: () => undefined }, () => Promise.resolve(answer()))
}

const good = () => renewedBy(() => json({ access_token: 'a', refresh_token: 'r' }))

/** A connection to a server whose streams are these, one after the other; after the last one it is stopped. */
function connected(streams: readonly (() => Response)[], session = good()) {
  const left = [...streams]
  const { fetch, asked } = server(() => {
    const next = left.shift()
    if (left.length === 0) connection.stop()
    return next?.() ?? problem(503, 'unavailable')
  })
  const listener = { onChanges: vi.fn(), onReset: vi.fn(), onStatus: vi.fn() } satisfies LiveListener
  const connection = new LiveConnection(new ApiClient(session, fetch), listener)
  return { connection, listener, asked }
}

const resumed = (asked: Asked[]) => asked.map(({ headers }) => headers['Last-Event-ID'])

describe('the live connection', () => {
  it('tells what changed, and what may have been missed', async () => {
    const { connection, listener } = connected([() => stream(changes('e-1-0') + ': beat\n\nid: e-2-0\nevent: reset\ndata: {}\n\n')])
    await connection.run()
    expect(listener.onChanges).toHaveBeenCalledExactlyOnceWith([CHANGE])
    expect(listener.onReset).toHaveBeenCalledOnce()
  })

  it('goes on from where the last stream ended', async () => {
    const { connection, asked } = connected([() => stream(changes('e-1-0') + changes('e-2-0')), () => stream('')])
    await connection.run()
    expect(resumed(asked)).toEqual([undefined, 'e-2-0'])
  })

  it('renews its token when the time of the old one is over', async () => {
    const { connection, asked, listener } = connected([
      () => stream(changes('e-1-0')),
      () => problem(401, 'token_invalid'),
      () => stream(''),
    ])
    await connection.run()
    expect(resumed(asked)).toEqual([undefined, 'e-1-0', 'e-1-0'])
    expect(listener.onStatus).not.toHaveBeenCalledWith('lost')
  })

  it('says that it is lost when it fails again and again, and goes on trying', async () => {
    vi.useFakeTimers()
    const { connection, listener } = connected([
      () => problem(503, 'unavailable'),
      () => problem(503, 'unavailable'),
      () => problem(503, 'unavailable'),
      () => stream(changes('e-1-0')),
    ])
    const running = connection.run()
    await vi.runAllTimersAsync()
    await running
    vi.useRealTimers()
    expect(listener.onStatus.mock.calls.flat()).toEqual(['lost', 'lost', 'live'])
  })

  it('ends with the session', async () => {
    const { connection, asked } = connected([() => stream('')], renewedBy(() => problem(401, 'token_invalid')))
    await connection.run()
    expect(asked).toEqual([])
  })
})
