import { chatLive } from '@/features/chat/chat-live'
import { dashboardLive } from '@/features/dashboard/dashboard-live'
import { leadLive } from '@/features/lead/lead-live'
import { leadsLive } from '@/features/leads/leads-live'
import { pipelineLive } from '@/features/pipeline/pipeline-live'
import { followUpsLive, settingsLive } from '@/features/settings/settings-live'
import { keys } from '@/shared/api/keys'
import { invalidatedBy } from '@/shared/live/invalidation'
import type { LiveEffect } from '@/shared/live/live-context'

/** What changes mean for what is remembered: of each feature, and of what several of them show. */
export const liveEffects: readonly LiveEffect[] = [
  leadsLive(),
  leadLive(),
  chatLive(),
  pipelineLive(),
  dashboardLive(),
  settingsLive(),
  followUpsLive(),
  invalidatedBy(['member'], keys.me),
  invalidatedBy(['member', 'conversation'], keys.team),
  invalidatedBy(['settings'], keys.stages),
  invalidatedBy(['lead'], keys.tags),
]
