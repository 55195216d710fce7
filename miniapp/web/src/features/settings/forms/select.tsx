import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import type { Choice } from './fields'
import styles from './forms.module.css'

interface Props {
  control: ComponentProps<'select'>
  choices: readonly Choice[]
  value: string
  onChange: (value: string) => void
}

/** One of many, as the system shows them. What is set and is not offered any more stays to be seen. */
export function Select({ control, choices, value, onChange }: Props) {
  const isOffered = choices.some((choice) => choice.value === value)
  return (
    <div className={styles.select}>
      <select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
        {!isOffered && <option value={value}>{value}</option>}
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
      </select>
      <ChevronDown size={18} aria-hidden />
    </div>
  )
}
