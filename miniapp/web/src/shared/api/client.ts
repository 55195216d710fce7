import { OfflineError, errorOf } from './problem'
import type { paths } from './schema'
import { API, type Fetch, type Session } from './session'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, infer O> ? ([O] extends [undefined] ? never : P) : never
}[keyof paths]
type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<M, infer O> ? NonNullable<O> : never
type Json<T> = T extends { content: { 'application/json': infer J } } ? J : undefined

export type Answer<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: { 200: infer R } } ? Json<R> : undefined

type Given<O> = (O extends { requestBody: infer B } ? { body: Json<B> } : { body?: undefined }) &
  (O extends { parameters: { path: infer I } } ? { path: I } : { path?: undefined }) &
  (O extends { parameters: { query: infer Q } }
    ? { query: Loose<Q> }
    : O extends { parameters: { query?: infer Q } }
      ? { query?: Loose<Q> }
      : object)
type Loose<Q> = { [K in keyof Q]?: Q[K] | undefined }

/** For how long what was asked ahead may be taken for what is asked now. */
const FRESH = 20_000

export interface Options {
  signal?: AbortSignal | undefined
  /** Names what is done, however often it is asked for: done once. */
  idempotencyKey?: string
}

/** Requests as the OpenAPI document has them: typed by path and method, signed in, and with errors of ours. */
export class ApiClient {
  readonly #ahead = new Map<string, Promise<Response>>()

  constructor(
    readonly session: Session,
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
  ) {}

  async ask<M extends Method, P extends PathsWith<M>>(
    method: M,
    path: P,
    given: Given<Operation<M, P>>,
    options: Options = {},
  ): Promise<Answer<M, P>> {
    const { body, query, path: ids } = given as { body?: unknown; query?: object; path?: Record<string, string> }
    const headers: Record<string, string> = {}
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
    const url = API + filled(path, ids) + queryString(query)
    const ahead = method === 'get' ? await this.taken(url) : null
    const init = { method: method.toUpperCase(), headers, body: body === undefined ? null : JSON.stringify(body) }
    const response = ahead ?? (await this.send(url, { ...init, signal: options.signal ?? null }))
    if (response.status === 204) return undefined as Answer<M, P>
    return (await response.json()) as Answer<M, P>
  }

  /** Asks for what somebody is going to ask for presently: he then gets this answer, once, and if it is one. */
  askAhead<P extends PathsWith<'get'>>(path: P, given: Given<Operation<'get', P>>): void {
    const { query, path: ids } = given as { query?: object; path?: Record<string, string> }
    const url = API + filled(path, ids) + queryString(query)
    const answer = this.send(url)
    answer.catch(() => undefined)
    this.#ahead.set(url, answer)
    setTimeout(() => this.#ahead.delete(url), FRESH)
  }

  private async taken(url: string): Promise<Response | null> {
    const answer = this.#ahead.get(url)
    this.#ahead.delete(url)
    return (await answer?.catch(() => null)) ?? null
  }

  /** The answer to a request under the session's token, renewed once when the server no longer takes it. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const access = await this.session.access()
    let response = await this.attempt(url, init, access)
    if (response.status === 401) response = await this.attempt(url, init, await this.session.renewed(access))
    if (!response.ok) throw await errorOf(response)
    return response
  }

  private async attempt(url: string, init: RequestInit, access: string): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined), Authorization: `Bearer ${access}` }
    try {
      return await this.fetch(url, { ...init, headers })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw new OfflineError('not reached', { cause: error })
    }
  }
}

function filled(path: string, ids: Record<string, string> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? ''))
}

/** What is not given is left out; there is no other way to say "no filter". */
export function queryString(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text && `?${text}`
}
