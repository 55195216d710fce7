import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useTelegramHasBack } from '@/shared/telegram/use-has-back'
import { IconButton } from './button'
import { classNames } from './class-names'
import styles from './page.module.css'

interface Props {
  title: ReactNode
  /** Where the way back leads, on pages below another; Telegram's own button is used where there is one. */
  onBack?: (() => void) | undefined
  actions?: ReactNode
  /** A page below another says its name more quietly. */
  isSmall?: boolean
  /** Between the bar and what scrolls: it stays. */
  fixed?: ReactNode
  /** The children scroll by themselves. */
  isBare?: boolean
  children: ReactNode
}

export function Page({ title, onBack, actions, isSmall, fixed, isBare, children }: Props) {
  const { t } = useI18n()
  const hasBack = useTelegramHasBack()
  const showsBack = onBack !== undefined && !hasBack
  return (
    <div className={styles.page}>
      <header className={classNames(styles.bar, showsBack && styles.withBack, isSmall && styles.narrow)}>
        {showsBack && <IconButton label={t('common.back')} onClick={onBack}><ArrowLeft size={22} /></IconButton>}
        <h1 className={styles.title}>{title}</h1>
        {actions}
      </header>
      {fixed}
      {isBare ? (
        children
      ) : (
        // A place that scrolls has to be reached by the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.scroller} tabIndex={0}><div className={styles.measure}>{children}</div></div>
      )}
    </div>
  )
}
