import { useI18n } from '@/shared/i18n/i18n-context'
import { Skeleton } from '@/shared/ui/states'
import styles from './pipeline.module.css'

/** A board that is on its way. */
export function BoardSkeleton() {
  const { t } = useI18n()
  return (
    <div className={styles.board} role="status">
      <span className="unseen">{t('common.loading')}</span>
      {[4, 3, 2, 3].map((count, at) => (
        <div className={styles.column} key={at} aria-hidden>
          <div className={styles.columnHead}><Skeleton width="50%" /></div>
          <div className={styles.cards}>
            {Array.from({ length: count }, (_, place) => <Skeleton key={place} height={104} radius={16} />)}
          </div>
        </div>
      ))}
    </div>
  )
}
