import type { Conversation } from '@/shared/api/model'
import { useTeam } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Avatar } from '@/shared/ui/avatar'
import { Badge } from '@/shared/ui/badge'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState, ErrorState, SkeletonRows } from '@/shared/ui/states'
import { UsersRound } from 'lucide-react'

interface Props {
  conversation: Conversation
  onPick: (member: { id: string; name: string }) => void
}

/** To whom a conversation can be passed on: those on duty first. */
export function ColleagueList({ conversation, onPick }: Props) {
  const { t } = useI18n()
  const team = useTeam()
  if (team.isPending) return <SkeletonRows count={3} />
  if (team.isError) return <ErrorState error={team.error} onRetry={() => void team.refetch()} />
  const others = team.data.filter((member) => member.id !== conversation.assignee_id)
  if (others.length === 0) return <EmptyState icon={<UsersRound size={34} />} title={t('chat.nobodyElse')} />
  return (
    <Section>
      {others
        .toSorted((a, b) => Number(b.on_duty) - Number(a.on_duty))
        .map((member) => (
          <Row
            key={member.id}
            start={<Avatar id={member.id} name={member.name} size={40} />}
            label={member.name}
            hint={`${t(`words.role.${member.role}`)} · ${t('chat.has', { count: member.conversations })}`}
            end={<Badge tone={member.on_duty ? 'good' : 'neutral'}>{t(member.on_duty ? 'chat.onDuty' : 'chat.offDuty')}</Badge>}
            onClick={() => onPick(member)}
          />
        ))}
    </Section>
  )
}
