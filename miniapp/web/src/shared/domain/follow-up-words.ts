import type { ComingFollowUp } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'

interface FollowUpWords {
  /** Why one was not said, will not be, or is held. */
  reason: (reason: string) => string
  /** When one is to leave. */
  when: (coming: Pick<ComingFollowUp, 'due_at' | 'leave_at'>, now?: Date) => string
}

/** What is said of follow-ups, wherever they are shown. */
export function useFollowUpWords(): FollowUpWords {
  const { t, format } = useI18n()
  return {
    reason: (reason) => worded(t, `words.followUp.reason.${reason}`, worded(t, `words.sendFailure.${reason}`, reason)),
    when: ({ due_at, leave_at }, now = new Date()) => {
      const at = leave_at ?? due_at
      return new Date(at) <= now ? t('words.followUp.soon') : format.ahead(at, now)
    },
  }
}
