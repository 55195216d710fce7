import { keys } from '@/shared/api/keys'
import { invalidatedBy } from '@/shared/live/invalidation'
import type { LiveEffect } from '@/shared/live/live-context'

/** What is set, and what is watched over, changes in anybody's hands: in the bot, on the command line, by itself. */
export function settingsLive(): LiveEffect {
  return invalidatedBy(['settings', 'account', 'dead_letter', 'data_request', 'invitation'], keys.settings)
}

/** Who is written to unasked changes with leads, and with what is set. */
export function followUpsLive(): LiveEffect {
  return invalidatedBy(['lead', 'settings'], [...keys.followUps, 'preview'])
}
