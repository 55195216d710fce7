import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { CountedLeads } from './counted-leads'
import { DownloadButton } from './download-button'
import { Meter } from './meter'

type Used = Answer<'get', '/usage'>

/** What was used this month of what the plan holds, the months before, and who was counted. */
export function UsagePage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const [month, setMonth] = useState<string | null>(null)
  const usage = useQuery({ queryKey: [...keys.settings, 'usage'], queryFn: ({ signal }) => api.ask('get', '/usage', {}, { signal }) })
  return (
    <Page title={t('settings.section.usage')} onBack={onBack} isSmall>
      <Loaded query={usage}>
        {(used) => (
          <>
            <ThisMonth used={used} />
            <Months used={used} chosen={month ?? used.month} onChoose={setMonth} />
            <CountedLeads key={month ?? used.month} month={month ?? used.month} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function ThisMonth({ used }: { used: Used }) {
  const { t, locale, format } = useI18n()
  const dollars = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: used.currency })
  const plan = used.on_plan
  return (
    <Section title={t('settings.thisMonth')} note={t('settings.usageNote')}>
      <div className={styles.bars}>
        <Meter label={t('settings.leads')} value={used.leads} limit={used.limit} show={format.number} />
        <Meter label={t('settings.aiCost')} value={used.ai_cost_usd} limit={used.budget_usd} show={(value) => dollars.format(value)} />
        <Meter label={t('settings.tokens')} value={used.ai_tokens} limit={null} show={format.number} />
        <Meter label={t('settings.teamSize')} value={used.team} limit={plan.attendants} show={format.number} />
      </div>
      <Row label={t('settings.plan')} end={plan.price_cents > 0 ? `${plan.name} · ${money.format(plan.price_cents / 100)}` : plan.name} />
      <Row label={t('settings.projected')} end={format.number(used.projected)} />
      <Row
        label={t('settings.excess')}
        hint={t('settings.excessEach', { price: money.format(plan.excess_cents / 100) })}
        end={`${format.number(used.excess)} · ${money.format(used.excess_price_cents / 100)}`}
      />
    </Section>
  )
}

interface MonthsProps {
  used: Used
  chosen: string
  onChoose: (month: string) => void
}

function Months({ used, chosen, onChoose }: MonthsProps) {
  const { t, locale, format } = useI18n()
  const name = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const most = Math.max(1, ...used.months.map((one) => Math.max(one.leads, one.limit)))
  return (
    <Section title={t('settings.months')} note={t('settings.monthsNote')}>
      <div className={styles.bars}>
        {used.months.map((one) => {
          const money = new Intl.NumberFormat(locale, { style: 'currency', currency: one.currency })
          return (
            <button key={one.month} type="button" className={styles.monthBar} aria-pressed={one.month === chosen} onClick={() => onChoose(one.month)}>
              <span className={styles.barHead}>
                <span>{name.format(new Date(one.month))}</span>
                <strong>{t('settings.of', { value: format.number(one.leads), limit: format.number(one.limit) })}</strong>
              </span>
              <span className={styles.track} data-full={one.leads >= one.limit}>
                <span style={{ width: `${(one.leads / most) * 100}%` }} />
              </span>
              {one.excess > 0 && <small>{t('settings.excess')}: {format.number(one.excess)} · {money.format(one.excess_price_cents / 100)}</small>}
            </button>
          )
        })}
        <DownloadButton address="/usage/export.csv" name="usage.csv" />
      </div>
    </Section>
  )
}
