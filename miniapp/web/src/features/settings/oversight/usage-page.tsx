import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { Meter } from './meter'

/** What was used this month of what there is, and the months before. */
export function UsagePage({ onBack }: PageProps) {
  const { t, locale, format } = useI18n()
  const api = useApi()
  const usage = useQuery({ queryKey: [...keys.settings, 'usage'], queryFn: ({ signal }) => api.ask('get', '/usage', {}, { signal }) })
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return (
    <Page title={t('settings.section.usage')} onBack={onBack} isSmall>
      <Loaded query={usage}>
        {(used) => (
          <>
            <Section title={t('settings.thisMonth')} note={t('settings.usageNote')}>
              <div className={styles.bars}>
                <Meter label={t('settings.leads')} value={used.leads} limit={used.limit} show={format.number} />
                <Meter label={t('settings.aiCost')} value={used.ai_cost_usd} limit={used.budget_usd} show={(value) => money.format(value)} />
                <Meter label={t('settings.tokens')} value={used.ai_tokens} limit={null} show={format.number} />
              </div>
            </Section>
            <Section title={t('settings.months')}>
              <table className={styles.table}>
                <thead>
                  <tr>
                    <th scope="col">{t('settings.month')}</th>
                    <th scope="col">{t('settings.leads')}</th>
                    <th scope="col">{t('settings.aiCost')}</th>
                  </tr>
                </thead>
                <tbody>
                  {used.months.map((one) => (
                    <tr key={one.month}>
                      <th scope="row">{month.format(new Date(one.month))}</th>
                      <td>{format.number(one.leads)}</td>
                      <td>{money.format(one.ai_cost_usd)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  )
}
