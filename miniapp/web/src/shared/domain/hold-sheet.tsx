import { useState, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Field, Input, TextArea } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { useHolding } from './use-holds'

const LONGEST = 500

interface Props {
  /** Whom it keeps; `null`: all of the business; not given: nobody is chosen yet. */
  leadId: string | null | undefined
  onClose: () => void
  /** Above the reason: what is to be kept, where that is to be chosen. */
  children?: ReactNode
}

/** Keeps something for a reason: until a day's end, or until somebody lifts the hold. */
export function HoldSheet({ leadId, onClose, children }: Props) {
  const { t } = useI18n()
  const { place } = useHolding()
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const end = endOf(until)
  const isPast = end !== null && end <= new Date()
  const save = () => {
    if (leadId === undefined) return
    place.mutate({ lead_id: leadId, reason: reason.trim(), until: end?.toISOString() ?? null }, { onSuccess: onClose })
  }
  return (
    <SheetForm
      title={t('words.hold.place')}
      canSave={leadId !== undefined && reason.trim() !== '' && !isPast}
      isBusy={place.isPending}
      onClose={onClose}
      onSave={save}
    >
      {children}
      <Field label={t('words.hold.reason')} hint={t('words.hold.reasonHint')}>
        {(control) => <TextArea {...control} autoFocus={!children} required rows={3} maxLength={LONGEST} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Field label={t('words.hold.until')} hint={t('words.hold.untilHint')} fault={isPast ? t('words.hold.past') : null}>
        {(control) => <Input {...control} type="date" value={until} onChange={(event) => setUntil(event.target.value)} />}
      </Field>
    </SheetForm>
  )
}

/** The last moment of a day, as whoever chose it sees days; `null`: no day was chosen. */
export function endOf(day: string): Date | null {
  const end = new Date(`${day}T23:59:59.999`)
  return Number.isNaN(end.getTime()) ? null : end
}
