import { Bot, CircleCheck, Hourglass, UserRound } from 'lucide-react'
import type { ConversationStatus } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge, type Tone } from '@/shared/ui/badge'

const LOOKS: Readonly<Record<ConversationStatus, { tone: Tone; icon: typeof Bot }>> = {
  ai: { tone: 'ai', icon: Bot },
  waiting_human: { tone: 'warn', icon: Hourglass },
  human: { tone: 'good', icon: UserRound },
  closed: { tone: 'neutral', icon: CircleCheck },
}

/** Whose turn it is. `holder` is who has it, where that is known. */
export function StatusBadge({ status, holder }: { status: ConversationStatus; holder?: string | null }) {
  const { t } = useI18n()
  const { tone, icon: Icon } = LOOKS[status]
  return (
    <Badge tone={tone} icon={<Icon size={13} aria-hidden />}>
      {status === 'human' && holder ? holder : t(`words.status.${status}`)}
    </Badge>
  )
}
