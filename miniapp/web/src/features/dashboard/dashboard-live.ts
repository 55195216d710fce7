import type { LiveEffect } from '@/shared/live/live-context'
import { keys } from '@/shared/api/keys'

/** Figures are dear and change slowly: whatever happens, they are asked for anew at most so often. */
const PAUSE = 15_000

export function dashboardLive(): LiveEffect {
  let due: ReturnType<typeof setTimeout> | null = null
  return (_changes, client) => {
    due ??= setTimeout(() => {
      due = null
      void client.invalidateQueries({ queryKey: keys.dashboard })
    }, PAUSE)
  }
}
