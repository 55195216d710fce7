import { PauseCircle } from 'lucide-react'
import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import styles from './live-banner.module.css'

/** Says of his other businesses that they are suspended, or are to be deleted: there nobody can tell him. */
export function AwayBanner() {
  const { t, format } = useI18n()
  const { away } = useMe()
  return away.map(({ id, name, leaves_at }) => (
    <p key={id} className={styles.banner}>
      <PauseCircle size={16} aria-hidden />
      {leaves_at === null ? t('common.away', { name }) : t('common.awayLeaving', { name, day: format.day(leaves_at) })}
    </p>
  ))
}
