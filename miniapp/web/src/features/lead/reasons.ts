import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'

/** Why something happened: a name of ours in our words, what the AI wrote as it is. */
export function useReason(): (reason: string) => string {
  const { t } = useI18n()
  return (reason) => worded(t, `lead.reason.${reason}`, worded(t, `words.handOff.${reason}`, reason))
}
