import type { components } from './schema'

export type Fault = components['schemas']['Fault']

/** The server's answer that is none (RFC 9457). `code` is what programs look at. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string | null = null,
    readonly faults: readonly Fault[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(code)
  }
}

/** The server was not reached, or broke off. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError'
}

/** The session has ended: only a new launch opens another. */
export class SessionOver extends Error {
  override readonly name = 'SessionOver'
}

interface ProblemBody {
  code?: string
  detail?: string | null
  faults?: readonly Fault[]
}

/** What went wrong, from an answer that is not ok; a proxy's page counts as `internal`. */
export async function errorOf(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('Content-Type')?.includes('json') ?? false
  const body = isProblem ? ((await response.json().catch(() => ({}))) as ProblemBody) : {}
  const wait = Number(response.headers.get('Retry-After'))
  return new ApiError(response.status, body.code ?? 'internal', body.detail ?? null, body.faults ?? [], wait || null)
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code)
}
