import { useI18n } from '@/shared/i18n/i18n-context'
import { ErrorState, Skeleton } from '@/shared/ui/states'
import { useFunnel, type Period } from './api/dashboard'
import { Bars } from './bars'
import { ChartCard } from './chart-card'
import { share } from './numbers'

/** How far the leads of the time ever came, each stage with its part of those who came at all. */
export function FunnelCard({ period }: { period: Period }) {
  const { t, format, locale } = useI18n()
  const found = useFunnel(period)
  const rows = found.data?.stages.map(({ name, leads, outcome }) => ({ name, count: leads, tone: outcome })) ?? []
  const whole = rows[0]?.count ?? 0
  const missing = found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <Skeleton height={170} radius={12} />
  return (
    <ChartCard
      title={t('dashboard.funnel')}
      table={{
        head: [t('lead.stage'), t('dashboard.reached'), '%'],
        rows: rows.map(({ name, count }) => [name, format.number(count), share(count, whole, locale)]),
      }}
      isEmpty={whole === 0}
      instead={found.data ? undefined : missing}
    >
      <Bars rows={rows} whole={whole} />
    </ChartCard>
  )
}
