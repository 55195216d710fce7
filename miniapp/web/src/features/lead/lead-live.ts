import { keys } from '@/shared/api/keys'
import { leadsOf } from '@/shared/live/changes'
import type { LiveEffect } from '@/shared/live/live-context'

const PAUSE = 300

/** A lead and what happened to him are loaded anew when he changes, if they are on the screen; a status changes neither. */
export function leadLive(): LiveEffect {
  const changed = new Set<string>()
  let due: ReturnType<typeof setTimeout> | null = null
  return (changes, client) => {
    for (const id of leadsOf(changes.filter((change) => change.kind !== 'message_status'))) changed.add(id)
    if (changed.size === 0 || due !== null) return
    due = setTimeout(() => {
      due = null
      for (const id of changed) void client.invalidateQueries({ queryKey: keys.lead(id) })
      changed.clear()
    }, PAUSE)
  }
}
