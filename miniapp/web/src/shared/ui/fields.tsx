import { useId, type ComponentProps, type ReactNode } from 'react'
import styles from './fields.module.css'

interface FieldProps {
  label: string
  hint?: ReactNode
  fault?: string | null | undefined
  /** What goes with the label: the control, given its id and what describes it. */
  children: (control: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode
}

/** A labelled control with a hint, or with what is wrong with it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId()
  const about = fault ?? hint ? `${id}-about` : undefined
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': about, 'aria-invalid': Boolean(fault) })}
      {fault ? (
        <p className={styles.fault} id={about} role="alert">{fault}</p>
      ) : (
        hint && <p className={styles.hint} id={about}>{hint}</p>
      )}
    </div>
  )
}

export function Input(props: ComponentProps<'input'>) {
  return <input {...props} className={styles.input} />
}

export function TextArea(props: ComponentProps<'textarea'>) {
  return <textarea {...props} className={styles.input} />
}

interface SwitchProps {
  label: string
  isOn: boolean
  isDisabled?: boolean
  onChange: (isOn: boolean) => void
}

export function Switch({ label, isOn, isDisabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-label={label}
      aria-checked={isOn}
      disabled={isDisabled}
      className={styles.switch}
      onClick={() => onChange(!isOn)}
    />
  )
}
