import type { ApiClient } from '@/shared/api/client'
import { SessionOver } from '@/shared/api/problem'
import { backoff } from './backoff'
import { readEvent, type Change } from './changes'
import { eventsOf } from './event-stream'

export type LiveStatus = 'connecting' | 'live' | 'lost'

export interface LiveListener {
  onChanges: (changes: Change[]) => void
  onReset: () => void
  onStatus: (status: LiveStatus) => void
}

/** The server beats every 15 seconds: who has heard nothing for so long is no longer connected. */
const SILENCE = 40_000
/** A first failure is not worth a word: most are over before anybody has read it. */
const FAILURES_TOLD = 2

/**
 * What changes, as it changes: one stream after the other, each from where the last one ended.
 *
 * It is read by fetch, because an `EventSource` sends no token. A stream ends with its access token's time, which is
 * no failure: the next one begins with a renewed token.
 */
export class LiveConnection {
  #lastEventId = ''
  #failures = 0
  #stopped = false
  #attempt = new AbortController()
  #wake: () => void = () => undefined

  constructor(
    private readonly api: ApiClient,
    private readonly listener: LiveListener,
  ) {}

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.stream()
      } catch (error) {
        if (error instanceof SessionOver) return
        this.#failures += 1
        if (this.#failures >= FAILURES_TOLD) this.listener.onStatus('lost')
        await this.pause(backoff(this.#failures))
      }
    }
  }

  stop(): void {
    this.#stopped = true
    this.#attempt.abort()
    this.#wake()
  }

  /** Try now: the network is back, or somebody looks at the screen again. */
  hurry(): void {
    this.#wake()
  }

  private async stream(): Promise<void> {
    this.#attempt = new AbortController()
    const silence = new Silence(() => this.#attempt.abort())
    try {
      const headers = this.#lastEventId ? { 'Last-Event-ID': this.#lastEventId } : {}
      const response = await this.api.send('/events', { headers, signal: this.#attempt.signal })
      if (response.body === null) throw new TypeError('a stream without a body')
      this.listener.onStatus('live')
      for await (const event of eventsOf(response.body)) {
        silence.broken()
        this.#failures = 0
        if (event !== null) this.take(readEvent(event), event.id)
      }
    } finally {
      silence.over()
    }
  }

  private take(told: Change[] | 'reset', id: string): void {
    if (told === 'reset') this.listener.onReset()
    else if (told.length > 0) this.listener.onChanges(told)
    if (id) this.#lastEventId = id
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Calls back after a silence that is too long. */
class Silence {
  #timer: ReturnType<typeof setTimeout>

  constructor(private readonly tooLong: () => void) {
    this.#timer = setTimeout(tooLong, SILENCE)
  }

  broken(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.tooLong, SILENCE)
  }

  over(): void {
    clearTimeout(this.#timer)
  }
}
