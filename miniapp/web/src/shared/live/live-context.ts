import type { QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { ApiClient } from '@/shared/api/client'
import type { Change } from './changes'
import type { LiveStatus } from './live-connection'

/** What changes mean for what is remembered. Each feature says it for its own answers; the app calls them all. */
export type LiveEffect = (changes: readonly Change[], client: QueryClient, api: ApiClient) => void

export const LiveStatusContext = createContext<LiveStatus>('connecting')

export function useLiveStatus(): LiveStatus {
  return use(LiveStatusContext)
}
