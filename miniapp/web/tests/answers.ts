import type { Fetch } from '@/shared/api/session'

export interface Asked {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

/** A server that answers as it is told, and remembers what it was asked. */
export function server(answer: (asked: Asked) => Response | Promise<Response>): { fetch: Fetch; asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    fetch: async (url, init = {}) => {
      const one = {
        url,
        method: init.method ?? 'GET',
        headers: init.headers as Record<string, string>,
        body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
      }
      asked.push(one)
      return answer(one)
    },
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

export function problem(status: number, code: string): Response {
  return new Response(JSON.stringify({ title: code, status, code }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  })
}
