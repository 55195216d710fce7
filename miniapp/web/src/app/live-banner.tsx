import { WifiOff } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useLiveStatus } from '@/shared/live/live-context'
import styles from './live-banner.module.css'

/** Says that what is shown may be old. */
export function LiveBanner() {
  const { t } = useI18n()
  const isLost = useLiveStatus() === 'lost'
  return (
    <div role="status">
      {isLost && <p className={styles.banner}><WifiOff size={16} aria-hidden />{t('common.lost')}</p>}
    </div>
  )
}
