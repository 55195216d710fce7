import type { ComponentProps, ReactNode } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names'

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'filled' | 'tinted' | 'plain' | 'quiet' | 'danger'
  isSmall?: boolean
  isWide?: boolean
  isBusy?: boolean
  icon?: ReactNode
}

export function Button({ look = 'plain', isSmall, isWide, isBusy, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={isBusy}
      {...rest}
      disabled={rest.disabled ?? isBusy}
      className={classNames(styles.button, styles[look], isSmall && styles.small, isWide && styles.wide, className)}
    >
      {icon}
      {children}
    </button>
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does: nobody sees it, some hear it. */
  label: string
  look?: 'plain' | 'soft' | 'filled'
}

export function IconButton({ label, look = 'plain', className, ...rest }: IconButtonProps) {
  const looks = { plain: null, soft: styles.iconSoft, filled: styles.iconFilled }
  return (
    <button type="button" aria-label={label} title={label} {...rest} className={classNames(styles.icon, looks[look], className)} />
  )
}
