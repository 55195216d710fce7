import { describe, expect, it } from 'vitest'
import { ApiClient } from '@/shared/api/client'
import { Session } from '@/shared/api/session'
import { json, problem, server, type Asked } from './answers'

function client(answer: (asked: Asked) => Response) {
  const { fetch, asked } = server(answer)
  const session = new Session({ read: () => null, write: () => undefined }, fetch)
  session.adopt({ access_token: 'a1', refresh_token: 'r1' })
  return { api: new ApiClient(session, fetch), asked }
}

describe('what is asked ahead', () => {
  it('is the answer of whoever asks the same next, and of nobody after him', async () => {
    let number = 0
    const { api, asked } = client(() => json({ name: `answer ${(number += 1)}` }))
    api.askAhead('/me', {})
    expect([await api.ask('get', '/me', {}), await api.ask('get', '/me', {})]).toEqual([{ name: 'answer 1' }, { name: 'answer 2' }])
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/me', '/api/v1/me'])
  })

  it('is nobody\'s who asks something else', async () => {
    const { api } = client(({ url }) => json({ url }))
    api.askAhead('/dashboard', { query: { days: 30 } })
    expect(await api.ask('get', '/dashboard', { query: { days: 7 } })).toEqual({ url: '/api/v1/dashboard?days=7' })
  })

  it('is asked again when it was refused', async () => {
    let number = 0
    const { api } = client(() => ((number += 1) === 1 ? problem(503, 'unavailable') : json({ name: 'Ana' })))
    api.askAhead('/me', {})
    expect(await api.ask('get', '/me', {})).toEqual({ name: 'Ana' })
  })
})
