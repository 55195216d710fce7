import { Copy, Plus, X } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button, IconButton } from '@/shared/ui/button'
import { Input } from '@/shared/ui/fields'
import styles from './forms.module.css'
import { endsOf, likeWeekdays, nextSpan, spansOf, usualWeek, WEEKDAYS, withDay, type Spans } from './hours'
import { SwitchField } from './switch-field'

/** 1 January 2024 was a Monday. */
const dayName = (locale: string, day: string) =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + Number(day))))

interface Props {
  label: string
  hint?: string | undefined
  spans: Spans
  fault: string | undefined
  /** There are hours always: none at all is not offered. */
  isAlways?: boolean
  onChange: (spans: Spans) => void
}

/** When people are there, day by day; switched off they always are. */
export function HoursField({ label, hint, spans, fault, isAlways = false, onChange }: Props) {
  const { t, locale } = useI18n()
  const hasHours = isAlways || Object.keys(spans).length > 0
  return (
    <div className={styles.hours}>
      {isAlways ? (
        <div>
          <p>{label}</p>
          {hint && <p className={styles.quiet}>{hint}</p>}
        </div>
      ) : (
        <SwitchField label={label} hint={hint} isOn={hasHours} onChange={(isOn) => onChange(isOn ? usualWeek() : {})} />
      )}
      {hasHours &&
        WEEKDAYS.map((day) => (
          <Day
            key={day}
            name={dayName(locale, day)}
            those={spansOf(spans, day)}
            onChange={(those) => onChange(withDay(spans, day, those))}
            onCopy={day === '0' ? () => onChange(likeWeekdays(spans, day)) : undefined}
          />
        ))}
      {fault && <p className={styles.fault} role="alert">{fault}</p>}
      {!hasHours && <p className={styles.quiet}>{t('settings.alwaysOpen')}</p>}
    </div>
  )
}

interface DayProps {
  name: string
  those: readonly string[]
  onChange: (those: readonly string[]) => void
  onCopy: (() => void) | undefined
}

function Day({ name, those, onChange, onCopy }: DayProps) {
  const { t } = useI18n()
  const replace = (at: number, span: string) => onChange(those.map((one, place) => (place === at ? span : one)))
  return (
    <fieldset className={styles.day}>
      <legend>{name}</legend>
      <div className={styles.spans}>
        {those.length === 0 && <span className={styles.quiet}>{t('settings.closed')}</span>}
        {those.map((span, at) => {
          const [from, to] = endsOf(span)
          return (
            <div className={styles.span} key={at}>
              <Input type="time" aria-label={t('settings.opens', { day: name })} value={from} onChange={(event) => replace(at, `${event.target.value}-${to}`)} />
              <span aria-hidden>–</span>
              <Input type="time" aria-label={t('settings.closes', { day: name })} value={to} onChange={(event) => replace(at, `${from}-${event.target.value}`)} />
              <IconButton label={t('settings.removeSpan', { day: name })} look="soft" onClick={() => onChange(those.filter((_, place) => place !== at))}>
                <X size={18} />
              </IconButton>
            </div>
          )
        })}
        <div className={styles.dayActions}>
          <Button look="quiet" isSmall icon={<Plus size={16} />} onClick={() => onChange([...those, nextSpan(those)])}>{t('settings.addSpan')}</Button>
          {onCopy && <Button look="quiet" isSmall icon={<Copy size={15} />} onClick={onCopy}>{t('settings.toWeekdays')}</Button>}
        </div>
      </div>
    </fieldset>
  )
}
