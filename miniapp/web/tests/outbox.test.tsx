import { QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { describe, expect, it } from 'vitest'
import { useOutbox } from '@/features/chat/outbox'
import { ApiContext } from '@/shared/api/api-context'
import { ApiClient } from '@/shared/api/client'
import { newQueryClient } from '@/shared/api/query-client'
import { Session } from '@/shared/api/session'
import { json, problem, server } from './answers'

/** An outbox whose server refuses so many times first; with `held`, it answers once that is resolved. */
function outbox(refusals: number, held: Promise<unknown> = Promise.resolve()) {
  let left = refusals
  const { fetch, asked } = server(async ({ url }) => {
    if (url.endsWith('/refresh')) return json({ access_token: 'a', refresh_token: 'r' })
    await held
    if (left > 0) {
      left -= 1
      return problem(503, 'unavailable')
    }
    return json({ message_ids: ['m1'] })
  })
  const api = new ApiClient(new Session({ read: () => 'r', write: () => undefined }, fetch), fetch)
  const client = newQueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <ApiContext value={api}>{children}</ApiContext>
    </QueryClientProvider>
  )
  const { result } = renderHook(() => useOutbox('c1'), { wrapper })
  const said = () => asked.filter(({ method, url }) => method === 'POST' && url.endsWith('/messages'))
  return { result, said, client }
}

describe('the outbox', () => {
  it('shows what is written at once, and no longer when it is said', async () => {
    const held = Promise.withResolvers<undefined>()
    const { result, said } = outbox(0, held.promise)
    act(() => result.current.write('message', 'oi'))
    await waitFor(() => expect(result.current.unsent.map(({ text, state }) => [text, state.is])).toEqual([['oi', 'sending']]))
    held.resolve(undefined)
    await waitFor(() => expect(result.current.unsent).toEqual([]))
    expect(said()).toHaveLength(1)
  })

  it('says again under the same name what was not taken', async () => {
    const { result, said } = outbox(1)
    act(() => result.current.write('message', 'oi'))
    await waitFor(() => expect(result.current.unsent[0]?.state.is).toBe('failed'))
    const [failed] = result.current.unsent
    if (failed === undefined) throw new Error('nothing failed')
    act(() => result.current.again(failed))
    await waitFor(() => expect(result.current.unsent).toEqual([]))
    const names = said().map(({ headers }) => headers['Idempotency-Key'])
    expect(names).toEqual([failed.key, failed.key])
  })

  it('says first what was written first, however long that takes', async () => {
    const held = Promise.withResolvers<undefined>()
    const { result, said } = outbox(0, held.promise)
    act(() => result.current.write('message', 'one'))
    act(() => result.current.write('message', 'two'))
    await waitFor(() => expect(said()).toHaveLength(1))
    held.resolve(undefined)
    await waitFor(() => expect(said().map(({ body }) => body)).toEqual([{ text: 'one' }, { text: 'two' }]))
  })

  it('keeps what failed when all else is loaded anew', async () => {
    const { result, client } = outbox(1)
    act(() => result.current.write('message', 'oi'))
    await waitFor(() => expect(result.current.unsent[0]?.state.is).toBe('failed'))
    await act(() => client.invalidateQueries())
    expect(client.getQueryData(['outbox', 'c1'])).toMatchObject([{ text: 'oi' }])
  })

  it('forgets what its writer drops', async () => {
    const { result } = outbox(1)
    act(() => result.current.write('message', 'oi'))
    await waitFor(() => expect(result.current.unsent[0]?.state.is).toBe('failed'))
    const [failed] = result.current.unsent
    if (failed === undefined) throw new Error('nothing failed')
    act(() => result.current.drop(failed))
    await waitFor(() => expect(result.current.unsent).toEqual([]))
  })
})
