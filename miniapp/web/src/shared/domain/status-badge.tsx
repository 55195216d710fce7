import { Bot, CircleCheck, Hourglass, Moon, UserRound } from 'lucide-react'
import type { ConversationStatus } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge, type Tone } from '@/shared/ui/badge'

const LOOKS: Readonly<Record<ConversationStatus, { tone: Tone; icon: typeof Bot }>> = {
  ai: { tone: 'ai', icon: Bot },
  waiting_human: { tone: 'warn', icon: Hourglass },
  human: { tone: 'good', icon: UserRound },
  closed: { tone: 'neutral', icon: CircleCheck },
}

interface Props {
  status: ConversationStatus
  /** Who has it, where that is known. */
  holder?: string | null
  /** How long the lead has waited for people. */
  waiting?: string | null
  /** It sleeps until then, whoever has it: nobody waits meanwhile. */
  asleepUntil?: string | null
}

/** Whose turn it is. */
export function StatusBadge({ status, holder, waiting, asleepUntil }: Props) {
  const { t, format } = useI18n()
  if (asleepUntil) return <Badge icon={<Moon size={13} aria-hidden />}>{t('words.asleep', { time: format.moment(asleepUntil) })}</Badge>
  const { tone, icon: Icon } = LOOKS[status]
  return (
    <Badge tone={status === 'human' && waiting ? 'warn' : tone} icon={<Icon size={13} aria-hidden />}>
      {status === 'human' && holder ? holder : t(`words.status.${status}`)}
      {waiting && ` · ${waiting}`}
    </Badge>
  )
}
