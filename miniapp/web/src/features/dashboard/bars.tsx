import { useI18n } from '@/shared/i18n/i18n-context'
import styles from './dashboard.module.css'
import { share } from './numbers'

interface BarRow {
  name: string
  count: number
  /** What it means, where it means something: `won`, `lost`. */
  tone?: string
}

interface Props {
  rows: readonly BarRow[]
  /** What each is a share of; all of them together, where nothing else is said. */
  whole?: number
}

/** How often each, the longest bar the most. */
export function Bars({ rows, whole }: Props) {
  const { format, locale } = useI18n()
  const most = Math.max(1, ...rows.map((row) => row.count))
  const all = whole ?? rows.reduce((sum, row) => sum + row.count, 0)
  return (
    <div className={styles.bars}>
      {rows.map((row) => (
        <div className={styles.bar} key={row.name} data-tone={row.tone}>
          <div className={styles.barHead}>
            <span className={styles.barName}>{row.name}</span>
            <span><strong>{format.number(row.count)}</strong> <small>{share(row.count, all, locale)}</small></span>
          </div>
          <div className={styles.track}><span style={{ width: `${(row.count / most) * 100}%` }} /></div>
        </div>
      ))}
    </div>
  )
}
