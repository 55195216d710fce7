import { Megaphone } from 'lucide-react'
import type { Lead } from '@/shared/api/model'
import { useChannelName, ChannelMark } from '@/shared/domain/channel-mark'
import { phoneText } from '@/shared/domain/phone'
import { StatusBadge } from '@/shared/domain/status-badge'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Row, Section } from '@/shared/ui/section'
import { sourceText } from './source'

/** Where he came from, by which names he is known, and his conversations. */
export function About({ lead }: { lead: Lead }) {
  const { t, format } = useI18n()
  const channelName = useChannelName()
  const source = sourceText(lead.source)
  return (
    <>
      <Section title={t('lead.about')}>
        <Row label={t('lead.arrived')} end={format.moment(lead.created_at)} />
        {(source ?? lead.source_kind) && (
          <Row start={<Megaphone size={20} />} label={source ?? worded(t, `lead.sourceKind.${lead.source_kind ?? ''}`, lead.source_kind ?? '')} hint={t('lead.source')} />
        )}
        {lead.identities.map((identity) => (
          <Row
            key={identity.kind + identity.address}
            label={identity.kind === 'phone' ? phoneText(identity.address) : identity.address}
            hint={worded(t, `lead.identity.${identity.kind}`, identity.kind)}
          />
        ))}
      </Section>
      {lead.conversations.length > 0 && (
        <Section title={t('lead.conversations')}>
          {lead.conversations.map((one) => (
            <Row
              key={one.id}
              href={`/chats/${one.id}`}
              start={<ChannelMark channel={one.channel} size={30} />}
              label={format.moment(one.opened_at)}
              hint={channelName(one.channel)}
              end={<StatusBadge status={one.status} />}
            />
          ))}
        </Section>
      )}
    </>
  )
}
