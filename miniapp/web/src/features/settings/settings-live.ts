import { keys } from '@/shared/api/keys'
import { invalidatedBy } from '@/shared/live/invalidation'
import type { LiveEffect } from '@/shared/live/live-context'

/** What is set, and what is watched over, changes in anybody's hands: in the bot, on the command line, by itself. */
export function settingsLive(): LiveEffect {
  return invalidatedBy(['settings', 'account', 'dead_letter', 'invitation'], keys.settings)
}
