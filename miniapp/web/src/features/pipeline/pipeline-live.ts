import { keys } from '@/shared/api/keys'
import { invalidatedBy } from '@/shared/live/invalidation'
import type { LiveEffect } from '@/shared/live/live-context'

/** Cards show stage, score, last words and whose turn it is. */
export function pipelineLive(): LiveEffect {
  return invalidatedBy(['lead', 'conversation', 'message_in', 'message_out', 'hand_off', 'settings'], keys.board)
}
