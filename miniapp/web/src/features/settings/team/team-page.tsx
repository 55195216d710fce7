import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import type { TeamMember } from '@/shared/api/model'
import { useTeam } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Avatar } from '@/shared/ui/avatar'
import { Badge } from '@/shared/ui/badge'
import { IconButton } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import { InviteSheet } from './invite-sheet'
import { MemberSheet } from './member-sheet'

/** Who works here, in which role, and who is on duty. */
export function TeamPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const isAdmin = useMe().role === 'admin'
  const team = useTeam()
  const [open, setOpen] = useState<TeamMember | null>(null)
  const [isInviting, setIsInviting] = useState(false)
  return (
    <Page
      title={t('settings.section.team')}
      onBack={onBack}
      isSmall
      actions={isAdmin && <IconButton label={t('settings.invite')} onClick={() => setIsInviting(true)}><UserPlus size={23} /></IconButton>}
    >
      <Loaded query={team}>
        {(members) => (
          <Section note={t('settings.teamNote')}>
            {members.map((member) => (
              <Row
                key={member.id}
                start={<Avatar id={member.id} name={member.name} size={44} />}
                label={member.you ? t('settings.you', { name: member.name }) : member.name}
                hint={`${t(`words.role.${member.role}`)} · ${t('settings.has', { count: member.conversations })}`}
                end={
                  <>
                    {!member.reachable && <Badge tone="bad">{t('settings.unreachable')}</Badge>}
                    <Badge tone={member.on_duty ? 'good' : 'neutral'}>{t(member.on_duty ? 'settings.isOnDuty' : 'settings.isOff')}</Badge>
                  </>
                }
                {...(isAdmin ? { onClick: () => setOpen(member) } : {})}
              />
            ))}
          </Section>
        )}
      </Loaded>
      {open && <MemberSheet member={open} onClose={() => setOpen(null)} />}
      {isInviting && <InviteSheet onClose={() => setIsInviting(false)} />}
    </Page>
  )
}
