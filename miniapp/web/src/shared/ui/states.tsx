import { CircleAlert, WifiOff } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { OfflineError } from '@/shared/api/problem'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from './button'
import { classNames } from './class-names'
import { useErrorText } from './error-text'
import styles from './states.module.css'

interface StateProps {
  icon: ReactNode
  title: string
  text?: string
  action?: ReactNode
  isBad?: boolean
}

/** A place where there is nothing to show, and why. */
export function EmptyState({ icon, title, text, action, isBad }: StateProps) {
  return (
    <div className={styles.state} role={isBad ? 'alert' : undefined}>
      <div className={classNames(styles.picture, isBad && styles.bad)} aria-hidden>{icon}</div>
      <p className={styles.title}>{title}</p>
      {text && <p className={styles.text}>{text}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  )
}

/** What could not be loaded, and another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useI18n()
  const text = useErrorText()
  const isOffline = error instanceof OfflineError
  return (
    <EmptyState
      isBad
      icon={isOffline ? <WifiOff size={34} /> : <CircleAlert size={34} />}
      title={t(isOffline ? 'common.offline' : 'common.failed')}
      text={text(error)}
      action={onRetry && <Button look="tinted" onClick={onRetry}>{t('common.retry')}</Button>}
    />
  )
}

export function Skeleton({ width, height = 14, radius }: { width?: number | string; height?: number; radius?: number }) {
  const style: CSSProperties = { width: width ?? '100%', height, ...(radius === undefined ? {} : { borderRadius: radius }) }
  return <div className={styles.skeleton} style={style} aria-hidden />
}

/** A list that is on its way. */
export function SkeletonRows({ count = 8 }: { count?: number }) {
  const { t } = useI18n()
  return (
    <div role="status">
      <span className="unseen">{t('common.loading')}</span>
      {Array.from({ length: count }, (_, at) => (
        <div className={styles.row} key={at}>
          <Skeleton width={48} height={48} radius={24} />
          <div className={styles.lines}>
            <Skeleton width={`${38 + ((at * 17) % 30)}%`} />
            <Skeleton width={`${60 + ((at * 23) % 35)}%`} height={12} />
          </div>
        </div>
      ))}
    </div>
  )
}

export function Spinner() {
  const { t } = useI18n()
  return <div className={styles.spinner} role="status" aria-label={t('common.loading')} />
}
