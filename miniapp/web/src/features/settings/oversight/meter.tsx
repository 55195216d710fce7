import { useI18n } from '@/shared/i18n/i18n-context'
import styles from '../settings.module.css'

interface Props {
  label: string
  value: number
  /** `null`: there is none. */
  limit: number | null
  show: (value: number) => string
}

/** How much is used of how much there is. */
export function Meter({ label, value, limit, show }: Props) {
  const { t } = useI18n()
  const share = limit === null || limit === 0 ? 0 : Math.min(1, value / limit)
  return (
    <div className={styles.bar}>
      <div className={styles.barHead}>
        <span>{label}</span>
        <strong>{limit === null ? show(value) : t('settings.of', { value: show(value), limit: show(limit) })}</strong>
      </div>
      {limit !== null && (
        <div className={styles.track} data-full={value >= limit} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={limit} aria-valuenow={Math.min(value, limit)}>
          <span style={{ width: `${share * 100}%` }} />
        </div>
      )}
    </div>
  )
}
