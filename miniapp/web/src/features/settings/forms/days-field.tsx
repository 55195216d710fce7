import { X } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Field, Input } from '@/shared/ui/fields'
import styles from './forms.module.css'

interface Props {
  label: string
  hint?: string | undefined
  days: readonly string[]
  fault: string | undefined
  onChange: (days: readonly string[]) => void
}

/** Days of the calendar, in its order: choosing one adds it. */
export function DaysField({ label, hint, days, fault, onChange }: Props) {
  const { t, locale } = useI18n()
  const shown = (day: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  const add = (day: string) => {
    if (day && !days.includes(day)) onChange([...days, day].sort())
  }
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <div className={styles.words}>
          {days.length > 0 && (
            <ul className={styles.wordList}>
              {days.map((day) => (
                <li key={day} className={styles.word}>
                  {shown(day)}
                  <button type="button" aria-label={t('settings.removeWord', { word: shown(day) })} onClick={() => onChange(days.filter((one) => one !== day))}>
                    <X size={15} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Input {...control} type="date" value="" onChange={(event) => add(event.target.value)} />
        </div>
      )}
    </Field>
  )
}
