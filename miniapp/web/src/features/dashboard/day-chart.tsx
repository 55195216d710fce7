import { useState, type CSSProperties } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import type { Figures } from './api/dashboard'
import styles from './dashboard.module.css'
import { roundUp } from './numbers'

interface Props {
  days: Figures['by_day']
  nameOf: (day: string) => string
}

/** Leads as bars and conversations as a line, day by day; the day one points at is read above. */
export function DayChart({ days, nameOf }: Props) {
  const { t, format } = useI18n()
  const [pointed, setPointed] = useState<number | null>(null)
  const end = roundUp(Math.max(0, ...days.map((day) => Math.max(day.leads, day.conversations))))
  const shown = pointed === null ? null : days[pointed]
  const total = (of: 'leads' | 'conversations') => (shown ? shown[of] : days.reduce((sum, day) => sum + day[of], 0))
  const line = days.map((day, at) => `${((at + 0.5) / days.length) * 100},${100 - (day.conversations / end) * 100}`).join(' ')
  const every = Math.ceil(days.length / 6)
  return (
    <div>
      <div className={styles.legend}>
        <span className={styles.keyLeads}>{t('dashboard.leads')} <strong>{format.number(total('leads'))}</strong></span>
        <span className={styles.keyTalks}>{t('dashboard.conversations')} <strong>{format.number(total('conversations'))}</strong></span>
        <span className={styles.pointed}>{shown ? nameOf(shown.day) : t('dashboard.inAll')}</span>
      </div>
      <div className={styles.plot} onPointerLeave={() => setPointed(null)}>
        <div className={styles.scale}>{[end, end / 2, 0].map((value) => <span key={value}>{format.number(value)}</span>)}</div>
        <div className={styles.days}>
          {days.map((day, at) => (
            <div key={day.day} className={styles.day} data-on={at === pointed} onPointerEnter={() => setPointed(at)} onPointerDown={() => setPointed(at)}>
              <span style={{ '--part': day.leads / end } as CSSProperties} />
            </div>
          ))}
          <svg className={styles.line} viewBox="0 0 100 100" preserveAspectRatio="none">
            <polyline points={line} vectorEffect="non-scaling-stroke" />
          </svg>
        </div>
      </div>
      <div className={styles.dates}>
        {days.filter((_, at) => (days.length - 1 - at) % every === 0).map((day) => <span key={day.day}>{nameOf(day.day)}</span>)}
      </div>
    </div>
  )
}
