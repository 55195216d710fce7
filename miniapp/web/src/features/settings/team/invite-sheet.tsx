import { Copy, Link2, Share2 } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/shared/api/keys'
import type { Role } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Sheet } from '@/shared/ui/sheet'
import { useToast } from '@/shared/ui/toast-context'
import styles from '../settings.module.css'
import { useAction } from '../use-action'
import { Roles } from './roles'

/** A link by which one person joins, once, in a role. */
export function InviteSheet({ onClose }: { onClose: () => void }) {
  const { t, format } = useI18n()
  const toast = useToast()
  const [role, setRole] = useState<Role>('attendant')
  const invite = useAction((api) => api.ask('post', '/team/invitations', { body: { role } }), { forgets: keys.team })
  const made = invite.data
  const copy = async (link: string) => {
    await navigator.clipboard.writeText(link)
    toast({ text: t('settings.copied') })
  }
  const share = (link: string) => void navigator.share({ text: t('settings.inviteText'), url: link }).catch(() => undefined)
  return (
    <Sheet title={t('settings.invite')} onClose={onClose}>
      <div className={styles.sheetBody}>
        {made ? (
          <>
            <p>{t('settings.inviteMade', { role: t(`words.role.${role}`), until: format.moment(made.expires_at) })}</p>
            <span className={`${styles.mono} ${styles.link}`}>{made.link}</span>
            <Button look="filled" isWide icon={<Copy size={18} />} onClick={() => void copy(made.link)}>{t('settings.copy')}</Button>
            {'share' in navigator && <Button isWide icon={<Share2 size={18} />} onClick={() => share(made.link)}>{t('settings.share')}</Button>}
          </>
        ) : (
          <>
            <p>{t('settings.inviteWhat')}</p>
            <Roles value={role} onChange={setRole} />
            <Button look="filled" isWide icon={<Link2 size={18} />} isBusy={invite.isPending} onClick={() => invite.mutate(undefined)}>{t('settings.makeLink')}</Button>
          </>
        )}
      </div>
    </Sheet>
  )
}
