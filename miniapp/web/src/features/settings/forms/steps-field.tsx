import { Plus, X } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button, IconButton } from '@/shared/ui/button'
import { Field, Input, TextArea } from '@/shared/ui/fields'
import styles from './forms.module.css'
import { Select } from './select'

/** What a silent lead is written after so many hours. */
export interface Step {
  after_hours: number
  kind: string
  text: string
}

const MOST = 5
const LONGEST = 500
const KINDS = ['text', 'ai', 'template'] as const
const FIRST: Step = { after_hours: 20, kind: 'text', text: '' }

interface Props {
  label: string
  hint?: string | undefined
  steps: readonly Step[]
  fault: string | undefined
  onChange: (steps: readonly Step[]) => void
}

/** The steps in their order, each with its delay, its kind and its words. */
export function StepsField({ label, hint, steps, fault, onChange }: Props) {
  const { t } = useI18n()
  const replace = (at: number, step: Step) => onChange(steps.map((one, place) => (place === at ? step : one)))
  return (
    <div className={styles.hours}>
      <div>
        <p>{label}</p>
        {hint && <p className={styles.quiet}>{hint}</p>}
      </div>
      {steps.map((step, at) => (
        <StepForm
          key={at}
          number={at + 1}
          step={step}
          onChange={(next) => replace(at, next)}
          onRemove={() => onChange(steps.filter((_, place) => place !== at))}
        />
      ))}
      {fault && <p className={styles.fault} role="alert">{fault}</p>}
      {steps.length < MOST && (
        <Button look="tinted" isSmall icon={<Plus size={16} />} onClick={() => onChange([...steps, FIRST])}>{t('settings.followUp.add')}</Button>
      )}
    </div>
  )
}

interface StepProps {
  number: number
  step: Step
  onChange: (step: Step) => void
  onRemove: () => void
}

function StepForm({ number, step, onChange, onRemove }: StepProps) {
  const { t } = useI18n()
  const kinds = KINDS.map((kind) => ({ value: kind, label: t(`settings.followUp.kind.${kind}`) }))
  return (
    <fieldset className={styles.hours}>
      <legend>{t('settings.followUp.step', { number })}</legend>
      <div className={styles.span}>
        <Input
          type="number"
          min={1}
          max={144}
          aria-label={t('settings.followUp.hours')}
          value={step.after_hours}
          onChange={(event) => onChange({ ...step, after_hours: Math.round(Number(event.target.value)) })}
        />
        <span>{t('settings.followUp.hours')}</span>
        <IconButton label={t('settings.followUp.remove', { number })} look="soft" onClick={onRemove}>
          <X size={18} />
        </IconButton>
      </div>
      <Field label={t('settings.followUp.how')} hint={t(`settings.followUp.about.${step.kind as (typeof KINDS)[number]}`)}>
        {(control) => <Select control={control} choices={kinds} value={step.kind} onChange={(kind) => onChange({ ...step, kind })} />}
      </Field>
      <Field label={t(step.kind === 'ai' ? 'settings.followUp.aim' : step.kind === 'template' ? 'settings.followUp.template' : 'settings.followUp.words')}>
        {(control) => <TextArea {...control} value={step.text} maxLength={LONGEST} onChange={(event) => onChange({ ...step, text: event.target.value })} />}
      </Field>
    </fieldset>
  )
}
