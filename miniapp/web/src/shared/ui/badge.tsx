import type { ReactNode } from 'react'
import styles from './badge.module.css'
import { classNames } from './class-names'

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'ai'

export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={classNames(styles.badge, styles[tone])}>
      {icon}
      <span className={styles.words}>{children}</span>
    </span>
  )
}
