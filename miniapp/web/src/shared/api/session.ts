import { ApiError, OfflineError, SessionOver, errorOf, hasCode } from './problem'
import type { components } from './schema'

export type Tokens = components['schemas']['Tokens']
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** Where the refresh token outlives a reload of the page. */
export interface TokenStore {
  read: () => string | null
  write: (refresh: string | null) => void
}

export const API = '/api/v1'

/**
 * Who is signed in, by two tokens. The access token is kept in memory alone.
 *
 * A launch of Telegram's opens one session and no second, so a reload has to find the refresh token again: it is in the
 * tab's session storage, which ends with the web view. A refresh token works once, and used twice ends the session,
 * therefore all who find their access token too old wait for one and the same renewal.
 */
export class Session {
  #access: string | null = null
  #renewing: Promise<string> | null = null
  #opening: Promise<void> | null = null
  readonly #over = new Set<() => void>()

  constructor(
    private readonly store: TokenStore,
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
  ) {}

  /**
   * Opens a session by a launch, or goes on with the one that this launch has opened; in this business, where one is
   * named. Who is nobody there comes into his own.
   */
  async open(initData: string, tenantId?: string): Promise<void> {
    this.#opening ??= this.opened(initData, tenantId).finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  /** Goes on with another pair, as after a change of business. */
  adopt(tokens: Tokens): void {
    this.#access = tokens.access_token
    this.store.write(tokens.refresh_token)
  }

  /** The token for a request; one that is made while the session is being opened waits for it. */
  async access(): Promise<string> {
    await this.#opening
    return this.#access ?? this.renewed(null)
  }

  /** A token other than `refused`, which the server no longer takes: at most one renewal runs at a time. */
  async renewed(refused: string | null): Promise<string> {
    if (this.#access !== null && this.#access !== refused) return this.#access
    this.#renewing ??= this.renew().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  /** Calls back when the session has ended. */
  onOver(listener: () => void): () => void {
    this.#over.add(listener)
    return () => this.#over.delete(listener)
  }

  private async opened(initData: string, tenantId: string | undefined): Promise<void> {
    if (this.store.read() !== null) {
      await this.renewed(null)
      return
    }
    const launch = { init_data: initData }
    const there = this.post('/session', tenantId === undefined ? launch : { ...launch, tenant_id: tenantId })
    this.adopt(
      await there.catch((error: unknown) => {
        if (tenantId === undefined || !hasCode(error, 'no_member', 'tenant_suspended')) throw error
        return this.post('/session', launch)
      }),
    )
  }

  private async renew(): Promise<string> {
    const refresh = this.store.read()
    if (refresh === null) throw new SessionOver()
    try {
      const tokens = await this.post('/session/refresh', { refresh_token: refresh })
      this.adopt(tokens)
      return tokens.access_token
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      this.end()
      throw new SessionOver()
    }
  }

  private end(): void {
    this.#access = null
    this.store.write(null)
    for (const listener of this.#over) listener()
  }

  private async post(path: string, body: object): Promise<Tokens> {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    const response = await this.fetch(API + path, init).catch((error: unknown) => {
      throw new OfflineError('not reached', { cause: error })
    })
    if (!response.ok) throw await errorOf(response)
    return (await response.json()) as Tokens
  }
}
