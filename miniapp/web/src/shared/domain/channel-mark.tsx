import { Camera, MessageCircle, Phone } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { classNames } from '@/shared/ui/class-names'
import styles from './channel-mark.module.css'

/** So many digits tell two accounts apart, as on a bank card. */
const LAST = 4
const LOOKS: Readonly<Record<string, { look: string | undefined; icon: typeof Phone }>> = {
  meta_whatsapp: { look: styles.whatsapp, icon: Phone },
  zapi: { look: styles.whatsapp, icon: Phone },
  instagram: { look: styles.instagram, icon: Camera },
}

/** Where a lead writes. A channel that is new to this release has a plain mark and its own name. */
export function ChannelMark({ channel, size = 18 }: { channel: string; size?: number }) {
  const name = useChannelName()(channel)
  const { look, icon: Icon } = LOOKS[channel] ?? { look: styles.other, icon: MessageCircle }
  return (
    <span className={classNames(styles.mark, look)} style={{ width: size, height: size }} title={name}>
      <Icon size={size * 0.58} strokeWidth={2.6} aria-hidden />
    </span>
  )
}

interface Account {
  channel: string
  label: string
  external_id: string
}

/** What the team calls the account; without a name of its own its channel, told apart by the last digits of its number. */
export function useAccountName(): (account: Account) => string {
  const channelName = useChannelName()
  return ({ channel, label, external_id: id }) => label || `${channelName(channel)} ···${id.slice(-LAST)}`
}

export function useChannelName(): (channel: string) => string {
  const { t } = useI18n()
  return (channel) => worded(t, `words.channel.${channel}`, channel)
}
