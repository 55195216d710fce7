import { UserMinus } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/shared/api/keys'
import type { TeamMember } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { SheetForm } from '@/shared/ui/sheet-form'
import { ConfirmSheet } from '../confirm-sheet'
import { useAction } from '../use-action'
import { Roles } from './roles'

export function MemberSheet({ member, onClose }: { member: TeamMember; onClose: () => void }) {
  const { t } = useI18n()
  const [role, setRole] = useState(member.role)
  const [isRemoving, setIsRemoving] = useState(false)
  const path = { member_id: member.id }
  const keep = useAction((api) => api.ask('patch', '/team/{member_id}', { path, body: { role } }), { forgets: keys.team, done: 'settings.saved' })
  const remove = useAction((api) => api.ask('delete', '/team/{member_id}', { path }), { forgets: keys.team, done: 'settings.memberGone' })
  if (isRemoving) {
    return (
      <ConfirmSheet
        title={t('settings.removeMember')}
        text={t('settings.removeMemberText', { name: member.name })}
        doing={t('common.remove')}
        isBusy={remove.isPending}
        onDo={() => remove.mutate(undefined, { onSuccess: onClose })}
        onClose={() => setIsRemoving(false)}
      />
    )
  }
  return (
    <SheetForm
      title={member.name}
      canSave={role !== member.role}
      isBusy={keep.isPending}
      onSave={() => keep.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Roles value={role} onChange={setRole} />
      <Button look="danger" icon={<UserMinus size={18} />} onClick={() => setIsRemoving(true)}>{t('settings.removeMember')}</Button>
    </SheetForm>
  )
}
