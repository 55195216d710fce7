import { ChevronRight } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { Link } from 'wouter'
import { classNames } from './class-names'
import styles from './section.module.css'

interface SectionProps {
  title?: string
  action?: ReactNode
  /** A sentence below, about the whole. */
  note?: ReactNode
  isPadded?: boolean
  children: ReactNode
}

/** A titled card: the pages that are read from top to bottom are made of these. */
export function Section({ title, action, note, isPadded, children }: SectionProps) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={title ? id : undefined}>
      {(title ?? action) && (
        <div className={styles.head}>
          <h2 className={styles.title} id={id}>{title}</h2>
          {action}
        </div>
      )}
      <div className={classNames(styles.card, isPadded && styles.padded)}>{children}</div>
      {note && <p className={styles.note}>{note}</p>}
    </section>
  )
}

interface RowProps {
  label: ReactNode
  hint?: ReactNode
  start?: ReactNode
  end?: ReactNode
  href?: string
  onClick?: () => void
}

/** A line of a card; with `href` or `onClick` it leads somewhere. */
export function Row({ label, hint, start, end, href, onClick }: RowProps) {
  const content = (
    <>
      {start}
      <span className={styles.body}>
        <span className={styles.label}>{label}</span>
        {hint && <div className={styles.hint}>{hint}</div>}
      </span>
      {(end ?? href) && (
        <span className={styles.end}>
          {end}
          {href && <ChevronRight size={18} aria-hidden />}
        </span>
      )}
    </>
  )
  if (href) return <Link className={styles.row ?? ''} href={href}>{content}</Link>
  if (onClick) return <button type="button" className={styles.row} onClick={onClick}>{content}</button>
  return <div className={styles.row}>{content}</div>
}
