import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Chip, Chips } from '@/shared/ui/chips'
import { Field, Input, TextArea } from '@/shared/ui/fields'
import type { Options } from '../api/business'
import type { Field as Described } from './fields'
import { DaysField } from './days-field'
import { HoursField } from './hours-field'
import { NumberField } from './number-field'
import { Select } from './select'
import { StepsField, type Step } from './steps-field'
import { SwitchField } from './switch-field'
import { WordsField } from './words-field'

interface Props {
  field: Described
  value: unknown
  have: Options
  fault: string | undefined
  onChange: (value: unknown) => void
}

/** One setting, by what kind it is. */
export function FieldControl({ field, value, have, fault, onChange }: Props) {
  const { t } = useI18n()
  const label = worded(t, `settings.field.${field.path}.label`, field.path)
  const hint = worded(t, `settings.field.${field.path}.hint`, '') || undefined
  if (field.kind === 'switch') return <SwitchField label={label} hint={hint} isOn={value === true} onChange={onChange} />
  if (field.kind === 'hours') return <HoursField label={label} hint={hint} spans={value as Record<string, string[]>} fault={fault} onChange={onChange} />
  if (field.kind === 'quietHours') return <HoursField label={label} hint={hint} spans={value as Record<string, string[]>} fault={fault} isAlways onChange={onChange} />
  if (field.kind === 'days') return <DaysField label={label} hint={hint} days={value as readonly string[]} fault={fault} onChange={onChange} />
  if (field.kind === 'steps') return <StepsField label={label} hint={hint} steps={value as readonly Step[]} fault={fault} onChange={onChange} />
  if (field.kind === 'words') return <WordsField label={label} hint={hint} words={value as readonly string[]} fault={fault} onChange={onChange} />
  if (field.kind === 'several') {
    const chosen = value as readonly string[]
    const flip = (one: string) => onChange(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one])
    return (
      <Field label={label} hint={hint} fault={fault}>
        {() => (
          <Chips label={label}>
            {field.among(have, t).map((one) => (
              <Chip key={one.value} isOn={chosen.includes(one.value)} onClick={() => flip(one.value)}>{one.label}</Chip>
            ))}
          </Chips>
        )}
      </Field>
    )
  }
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => {
        switch (field.kind) {
          case 'text':
            return (
              <Input
                {...control}
                value={value as string}
                maxLength={field.longest}
                inputMode={field.isAddress ? 'url' : undefined}
                onChange={(event) => onChange(event.target.value)}
              />
            )
          case 'long':
            return <TextArea {...control} value={value as string} maxLength={field.longest} onChange={(event) => onChange(event.target.value)} />
          case 'number':
            return <NumberField control={control} field={field} value={value as number} onChange={onChange} />
          case 'choice':
            return <Select control={control} choices={field.among(have, t)} value={value as string} onChange={onChange} />
        }
      }}
    </Field>
  )
}
