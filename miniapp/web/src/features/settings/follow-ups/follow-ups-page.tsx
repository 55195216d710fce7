import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Segmented } from '@/shared/ui/segmented'
import { ErrorState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { Coming } from './coming'
import { Results } from './results'

const PERIODS = ['7', '30', '90'] as const
type Period = (typeof PERIODS)[number]

/** What came of follow-ups, step by step; and who will be written to next, which can be stopped. */
export function FollowUpsPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const [period, setPeriod] = useState<Period>('30')
  const results = useQuery({
    queryKey: [...keys.followUps, 'results', period],
    queryFn: ({ signal }) => api.ask('get', '/follow-ups/results', { query: { days: Number(period) } }, { signal }),
    placeholderData: keepPreviousData,
  })
  return (
    <Page title={t('settings.section.followUpResults')} onBack={onBack} isSmall>
      {results.error && !results.data ? (
        <ErrorState error={results.error} onRetry={() => void results.refetch()} />
      ) : (
        <>
          <div className={styles.head}>
            <Segmented
              label={t('dashboard.period')}
              options={PERIODS.map((days) => ({ value: days, label: t('dashboard.days', { count: Number(days) }) }))}
              value={period}
              onChange={setPeriod}
            />
          </div>
          <Loaded query={results}>{({ steps }) => <Results steps={steps} />}</Loaded>
          <Coming />
        </>
      )}
    </Page>
  )
}
