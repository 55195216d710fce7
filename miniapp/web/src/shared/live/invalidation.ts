import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { ChangeKind } from './changes'
import type { LiveEffect } from './live-context'

/** Under load changes come many a second; what is loaded anew as a whole is loaded at most so often. */
const PAUSE = 2_000

/** An effect for answers that are loaded anew as a whole: `queryKey`, after changes of these kinds. */
export function invalidatedBy(kinds: readonly ChangeKind[], queryKey: QueryKey): LiveEffect {
  let due: ReturnType<typeof setTimeout> | null = null
  return (changes, client) => {
    if (due !== null || !changes.some((change) => kinds.includes(change.kind))) return
    due = setTimeout(() => {
      due = null
      void client.invalidateQueries({ queryKey })
    }, PAUSE)
  }
}

/** What is not on the screen is marked as old only, and loaded when somebody looks at it. */
export function markOld(client: QueryClient, queryKey: QueryKey): void {
  void client.invalidateQueries({ queryKey, refetchType: 'none' })
}
