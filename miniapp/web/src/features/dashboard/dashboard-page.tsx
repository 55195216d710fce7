import { lazy, Suspense, useState } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Segmented } from '@/shared/ui/segmented'
import { ErrorState } from '@/shared/ui/states'
import { PERIODS, useDashboard, type Period } from './api/dashboard'
import styles from './dashboard.module.css'
import { DashboardSkeleton } from './dashboard-skeleton'
import { Tiles } from './tiles'

const Charts = lazy(async () => ({ default: (await import('./charts')).Charts }))

/** How the business does: what stands now, and the time that was chosen. */
export function DashboardPage() {
  const { t, format } = useI18n()
  const [period, setPeriod] = useState<Period>('30')
  const found = useDashboard(period)
  const uncounted = found.data?.uncounted_conversations ?? 0
  return (
    <Page
      isBare
      title={t('dashboard.title')}
      fixed={
        <div className={styles.head}>
          <Segmented
            label={t('dashboard.period')}
            options={PERIODS.map((days) => ({ value: days, label: t('dashboard.days', { count: Number(days) }) }))}
            value={period}
            onChange={setPeriod}
          />
        </div>
      }
    >
      <div className={styles.scroller}>
        {found.data ? (
          <div className={styles.grid} data-old={found.isPlaceholderData} aria-busy={found.isFetching}>
            <Tiles figures={found.data} />
            {uncounted > 0 && <p className={styles.uncounted} role="status">{t('dashboard.uncounted', { count: uncounted, number: format.number(uncounted) })}</p>}
            <Suspense fallback={<DashboardSkeleton />}><Charts figures={found.data} period={period} /></Suspense>
          </div>
        ) : found.error ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <div className={styles.grid}><DashboardSkeleton /></div>
        )}
      </div>
    </Page>
  )
}
