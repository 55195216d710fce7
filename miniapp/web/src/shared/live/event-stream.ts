/** One event of a stream of Server-Sent Events (html.spec.whatwg.org, section 9.2). */
export interface StreamEvent {
  id: string
  event: string
  data: string
}

/** Reads events out of text that comes in pieces, wherever it is cut; comments are beats and come as `null`. */
export class EventStreamParser {
  #rest = ''
  #id = ''
  #event = ''
  #data: string[] = []

  /** The events that this piece completes. */
  push(piece: string): (StreamEvent | null)[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line))
  }

  #line(line: string): (StreamEvent | null)[] {
    if (line === '') return this.#complete()
    if (line.startsWith(':')) return [null]
    const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'id') this.#id = value ?? ''
    if (name === 'event') this.#event = value ?? ''
    if (name === 'data') this.#data.push(value ?? '')
    return []
  }

  #complete(): StreamEvent[] {
    const data = this.#data
    const event = { id: this.#id, event: this.#event || 'message', data: data.join('\n') }
    this.#event = ''
    this.#data = []
    return data.length > 0 ? [event] : []
  }
}

/** The events of a response's body, until it ends. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent | null> {
  const parser = new EventStreamParser()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield* parser.push(decoder.decode(value, { stream: true }))
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
