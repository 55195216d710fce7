import { useState, type ComponentProps } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Input } from '@/shared/ui/fields'
import type { Field } from './fields'
import styles from './forms.module.css'

interface Props {
  control: ComponentProps<'input'>
  field: Extract<Field, { kind: 'number' }>
  value: number
  onChange: (value: number) => void
}

/** A number with its unit. While it is being written it may be none; then it stays what it was. */
export function NumberField({ control, field, value, onChange }: Props) {
  const { t, locale } = useI18n()
  const [written, setWritten] = useState<string | null>(null)
  const take = (text: string) => {
    setWritten(text)
    const number = Number(text.replace(',', '.'))
    if (text.trim() !== '' && Number.isFinite(number)) onChange(field.isWhole ? Math.round(number) : number)
  }
  return (
    <div className={styles.number}>
      <Input
        {...control}
        type="text"
        inputMode={field.isWhole ? 'numeric' : 'decimal'}
        value={written ?? new Intl.NumberFormat(locale, { useGrouping: false }).format(value)}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setWritten(null)}
      />
      {field.unit && <span className={styles.unit}>{t(`settings.unit.${field.unit}`)}</span>}
      <span className={styles.range}>{t('settings.range', { a: field.from, b: field.to })}</span>
    </div>
  )
}
