import type { Role } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Segmented } from '@/shared/ui/segmented'
import styles from '../settings.module.css'

const ROLES: readonly Role[] = ['attendant', 'manager', 'admin']

/** One of the roles, and what it may do. */
export function Roles({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { t } = useI18n()
  return (
    <div className={styles.lines}>
      <Segmented label={t('settings.role')} options={ROLES.map((role) => ({ value: role, label: t(`words.role.${role}`) }))} value={value} onChange={onChange} />
      <p className={styles.faint}>{t(`settings.roleMay.${value}`)}</p>
    </div>
  )
}
