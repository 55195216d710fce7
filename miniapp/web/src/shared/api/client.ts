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

export interface Options {
  signal?: AbortSignal | undefined
  /** Names what is done, however often it is asked for: done once. */
  idempotencyKey?: string
}

/** Requests as the OpenAPI document has them: typed by path and method, signed in, and with errors of ours. */
export class ApiClient {
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
    const response = await this.send(API + filled(path, ids) + queryString(query), {
      method: method.toUpperCase(),
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: options.signal ?? null,
    })
    if (response.status === 204) return undefined as Answer<M, P>
    return (await response.json()) as Answer<M, P>
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
