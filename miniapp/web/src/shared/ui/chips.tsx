import type { ReactNode } from 'react'
import { haptics } from '@/shared/telegram/haptics'
import styles from './chips.module.css'
import { classNames } from './class-names'

/** Switches in a row. `isScrolling`: one line, however many. */
export function Chips({ label, isScrolling, children }: { label: string; isScrolling?: boolean; children: ReactNode }) {
  return (
    <div className={classNames(styles.chips, isScrolling && styles.scrolling)} role="group" aria-label={label}>
      {children}
    </div>
  )
}

export function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  const press = () => {
    haptics.chosen()
    onClick()
  }
  return <button type="button" className={styles.chip} aria-pressed={isOn} onClick={press}>{children}</button>
}
