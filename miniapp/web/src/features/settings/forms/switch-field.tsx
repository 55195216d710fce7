import { Switch } from '@/shared/ui/fields'
import styles from './forms.module.css'

interface Props {
  label: string
  hint?: string | undefined
  isOn: boolean
  isDisabled?: boolean
  onChange: (isOn: boolean) => void
}

export function SwitchField({ label, hint, isOn, isDisabled = false, onChange }: Props) {
  return (
    <div className={styles.switchLine}>
      <div>
        <p>{label}</p>
        {hint && <p className={styles.quiet}>{hint}</p>}
      </div>
      <Switch label={label} isOn={isOn} isDisabled={isDisabled} onChange={onChange} />
    </div>
  )
}
