import { Clock, Gauge, Hourglass, MessagesSquare, Sparkles, UserPlus, Users, Wallet } from 'lucide-react'
import type { ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useNow } from '@/shared/ui/use-now'
import type { Figures } from './api/dashboard'
import styles from './dashboard.module.css'
import { seconds, share } from './numbers'

/** What stands now, and what the time comes to. */
export function Tiles({ figures }: { figures: Figures }) {
  const { t, format, locale } = useI18n()
  const now = useNow()
  const { resolved, first_response_seconds: first, answers, cost_usd: cost } = figures
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })
  const isCounting = figures.uncounted_conversations > 0
  const time = (value: number | null) => (value === null ? t('dashboard.nothing') : seconds(value, locale))
  // What is not counted yet is no nought.
  const counted = (value: string, isNothing: boolean) =>
    isNothing && isCounting ? { value: t('dashboard.counting'), isWord: true } : { value }
  const waits = figures.waiting_longest_since
  return (
    <div className={styles.tiles}>
      <Tile icon={<UserPlus size={19} />} label={t('dashboard.leadsToday')} value={format.number(figures.leads_today)} />
      <Tile
        icon={<Users size={19} />}
        label={t('dashboard.leadsMonth')}
        value={format.number(figures.leads_month)}
        hint={figures.month_limit === null ? undefined : t('dashboard.ofLimit', { limit: format.number(figures.month_limit) })}
      />
      <Tile icon={<MessagesSquare size={19} />} label={t('dashboard.open')} value={format.number(figures.open_conversations)} />
      <Tile
        icon={<Hourglass size={19} />}
        label={t('dashboard.waiting')}
        value={format.number(figures.waiting_now)}
        hint={waits === null ? t('dashboard.nobodyWaits') : t('dashboard.longest', { time: format.lasting(now - Date.parse(waits)) })}
        isBad={figures.waiting_now > 0}
      />
      <Tile
        icon={<Sparkles size={19} />}
        label={t('dashboard.byAi')}
        value={resolved.closed === 0 ? t('dashboard.nothing') : share(resolved.by_ai, resolved.closed, locale)}
        hint={resolved.closed === 0 ? t('dashboard.noneClosed') : t('dashboard.ofClosed', { count: resolved.closed, number: format.number(resolved.closed) })}
      />
      <Tile
        icon={<Clock size={19} />}
        label={t('dashboard.firstResponse')}
        {...counted(time(first.p50), first.p50 === null)}
        hint={t('dashboard.responses', { ai: time(first.by_ai_p50), people: time(first.by_people_p50) })}
      />
      <Tile
        icon={<Gauge size={19} />}
        label={t('dashboard.answers')}
        {...counted(format.number(answers.ai + answers.people), answers.ai + answers.people === 0)}
        hint={t('dashboard.answersBy', { ai: format.number(answers.ai), people: format.number(answers.people) })}
      />
      <Tile icon={<Wallet size={19} />} label={t('dashboard.cost')} value={money.format(cost.period)} hint={t('dashboard.costMonth', { cost: money.format(cost.month) })} />
    </div>
  )
}

interface TileProps {
  icon: ReactNode
  label: string
  value: string
  /** It is a word, as long as there is no number. */
  isWord?: boolean
  hint?: string | undefined
  isBad?: boolean
}

function Tile({ icon, label, value, isWord = false, hint, isBad = false }: TileProps) {
  return (
    <dl className={styles.tile} data-bad={isBad}>
      <dt><span className={styles.icon} aria-hidden>{icon}</span>{label}</dt>
      <dd className={styles.value} data-word={isWord}>{value}</dd>
      {hint && <dd className={styles.hint}>{hint}</dd>}
    </dl>
  )
}
