import type { ReactNode } from 'react'
import { ErrorState, SkeletonRows } from '@/shared/ui/states'

interface Asked<T> {
  data: T | undefined
  error: Error | null
  refetch: () => Promise<unknown>
}

/** What was asked for, once it is there; until then, or where it cannot be had, that. */
export function Loaded<T>({ query, children }: { query: Asked<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <SkeletonRows count={6} />
}
