import { useRef, type KeyboardEvent } from 'react'
import { haptics } from '@/shared/telegram/haptics'
import styles from './fields.module.css'

interface Props<T extends string> {
  label: string
  options: readonly { value: T; label: string }[]
  value: T
  onChange: (value: T) => void
}

/** One of a few, all of them in sight; the arrow keys go from one to the next. */
export function Segmented<T extends string>({ label, options, value, onChange }: Props<T>) {
  const group = useRef<HTMLDivElement>(null)
  const choose = (next: T) => {
    haptics.chosen()
    onChange(next)
  }
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = (options.findIndex((option) => option.value === value) + step + options.length) % options.length
    const next = options[at]
    if (next === undefined) return
    choose(next.value)
    group.current?.querySelectorAll('button')[at]?.focus()
  }
  return (
    <div ref={group} className={styles.segmented} role="radiogroup" aria-label={label} tabIndex={-1} onKeyDown={move}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          className={styles.segment}
          onClick={() => choose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
