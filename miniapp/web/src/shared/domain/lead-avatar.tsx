import type { LeadRow } from '@/shared/api/model'
import { Avatar } from '@/shared/ui/avatar'
import { ChannelMark } from './channel-mark'

export function LeadAvatar({ lead, size = 52 }: { lead: Pick<LeadRow, 'id' | 'name' | 'channel'>; size?: number }) {
  return <Avatar id={lead.id} name={lead.name} size={size} mark={lead.channel && <ChannelMark channel={lead.channel} size={size * 0.36} />} />
}
