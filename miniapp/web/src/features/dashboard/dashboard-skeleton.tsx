import { useI18n } from '@/shared/i18n/i18n-context'
import { Skeleton } from '@/shared/ui/states'
import styles from './dashboard.module.css'

/** Figures that are on their way. */
export function DashboardSkeleton() {
  const { t } = useI18n()
  return (
    <>
      <span className="unseen" role="status">{t('common.loading')}</span>
      {[120, 120, 260, 220, 220].map((height, at) => (
        <div key={at} className={at < 2 ? styles.tile : styles.chart}><Skeleton height={height} radius={16} /></div>
      ))}
    </>
  )
}
