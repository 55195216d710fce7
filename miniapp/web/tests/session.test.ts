import { describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@/shared/api/client'
import { ApiError, OfflineError, SessionOver } from '@/shared/api/problem'
import { Session, type TokenStore } from '@/shared/api/session'
import { sessionTokenStore } from '@/shared/api/token-store'
import { json, problem, server, type Asked } from './answers'

function kept(refresh: string | null): TokenStore & { now: () => string | null } {
  let value = refresh
  return {
    read: () => value,
    write: (next) => {
      value = next
    },
    now: () => value,
  }
}

/** A server whose access tokens are good for one renewal: `a1`, then `a2`, … */
function rotating() {
  let number = 1
  const renewals: string[] = []
  const answer = ({ url, headers, body }: Asked): Response => {
    if (url.endsWith('/session/refresh')) {
      renewals.push((body as { refresh_token: string }).refresh_token)
      number += 1
      return json({ access_token: `a${number}`, refresh_token: `r${number}` })
    }
    if (url.endsWith('/session')) return json({ access_token: 'a1', refresh_token: 'r1' })
    return headers['Authorization'] === `Bearer a${number}` ? json({ name: 'Ana' }) : problem(401, 'token_invalid')
  }
  return { ...server(answer), renewals, expire: () => (number += 1) }
}

describe('a session', () => {
  it('is opened by a launch', async () => {
    const { fetch, asked } = rotating()
    const store = kept(null)
    await new Session(store, fetch).open('signed by Telegram')
    expect(asked[0]?.body).toEqual({ init_data: 'signed by Telegram' })
    expect(store.now()).toBe('r1')
  })

  it('is opened in the business that a link names, and in his own for who is nobody there', async () => {
    const { fetch, asked } = server(({ body }) =>
      (body as { tenant_id?: string }).tenant_id === 'foreign' ? problem(403, 'no_member') : json({ access_token: 'a1', refresh_token: 'r1' }),
    )
    await new Session(kept(null), fetch).open('signed by Telegram', 'his own')
    await new Session(kept(null), fetch).open('signed by Telegram', 'foreign')
    expect(asked.map(({ body }) => (body as { tenant_id?: string }).tenant_id)).toEqual(['his own', 'foreign', undefined])
  })

  it('is opened once, however many need it while it is being opened', async () => {
    const { fetch, asked } = rotating()
    const session = new Session(kept(null), fetch)
    const first = session.open('signed by Telegram')
    expect(await Promise.all([session.access(), session.open('signed by Telegram'), first])).toEqual(['a1', undefined, undefined])
    expect(asked).toHaveLength(1)
  })

  it('goes on after a reload, because a launch opens no second one', async () => {
    const { fetch, asked } = rotating()
    await new Session(kept('r1'), fetch).open('signed by Telegram')
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/session/refresh'])
  })

  it('is renewed once, however many requests find their token too old', async () => {
    const { fetch, renewals, expire } = rotating()
    const session = new Session(kept(null), fetch)
    await session.open('launch')
    expire()
    const api = new ApiClient(session, fetch)
    await Promise.all(Array.from({ length: 8 }, () => api.ask('get', '/me', {})))
    expect(renewals).toEqual(['r1'])
  })

  it('is not renewed again for a request whose token was replaced meanwhile', async () => {
    const { fetch, renewals } = rotating()
    const session = new Session(kept('r1'), fetch)
    await session.open('launch')
    await session.renewed('a1')
    expect(renewals).toEqual(['r1'])
  })

  it('is over when its refresh token is refused', async () => {
    const { fetch } = server(() => problem(401, 'token_invalid'))
    const store = kept('stolen')
    const session = new Session(store, fetch)
    const told = vi.fn()
    session.onOver(told)
    await expect(session.access()).rejects.toBeInstanceOf(SessionOver)
    expect(told).toHaveBeenCalledOnce()
    expect(store.now()).toBeNull()
  })

  it('outlives a network that is away', async () => {
    const { fetch } = server(() => Promise.reject(new TypeError('failed to fetch')))
    const store = kept('r1')
    await expect(new Session(store, fetch).access()).rejects.toBeInstanceOf(OfflineError)
    expect(store.now()).toBe('r1')
  })
})

describe('the client', () => {
  it('tells a problem by its code', async () => {
    const { fetch } = server(({ url }) =>
      url.endsWith('/refresh') ? json({ access_token: 'a', refresh_token: 'r' }) : problem(409, 'stage_moved'),
    )
    const api = new ApiClient(new Session(kept('r1'), fetch), fetch)
    const asked = api.ask('get', '/me', {})
    await expect(asked).rejects.toEqual(new ApiError(409, 'stage_moved'))
  })

  it('names what is to be done once', async () => {
    const { fetch, asked } = server(({ url }) =>
      json(url.endsWith('/refresh') ? { access_token: 'a', refresh_token: 'r' } : { message_ids: [] }),
    )
    const api = new ApiClient(new Session(kept('r1'), fetch), fetch)
    const given = { path: { conversation_id: 'c 1' }, body: { text: 'oi' } }
    await api.ask('post', '/conversations/{conversation_id}/messages', given, { idempotencyKey: 'k' })
    expect(asked.at(-1)).toMatchObject({ url: '/api/v1/conversations/c%201/messages', headers: { 'Idempotency-Key': 'k' } })
  })
})

describe('the kept refresh token', () => {
  it('is of no use to another launch', () => {
    sessionTokenStore('one launch').write('r1')
    expect(sessionTokenStore('one launch').read()).toBe('r1')
    expect(sessionTokenStore('another').read()).toBeNull()
  })
})
