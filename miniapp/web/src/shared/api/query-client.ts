import { QueryClient } from '@tanstack/react-query'
import { ApiError, OfflineError } from './problem'

const MINUTE = 60_000
const RETRIES = 2

/** What is remembered. Live events keep it true; the time is for when they fail. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5 * MINUTE, gcTime: 15 * MINUTE, retry: isWorthRetrying, retryDelay: pause, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** An answer that says no says it again; who did not answer may yet do so. */
function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= RETRIES) return false
  return error instanceof OfflineError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
}

/** As long as the server asks for, else a little longer each time. */
function pause(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfter : null
  return asked === null ? 1_000 * 2 ** failures : asked * 1_000
}
