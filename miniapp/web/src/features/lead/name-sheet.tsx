import { useState } from 'react'
import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Field, Input } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { useChangeLead } from './api/change-lead'

const LONGEST = 120

export function NameSheet({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useI18n()
  const change = useChangeLead(lead.id)
  const [name, setName] = useState(lead.name ?? '')
  return (
    <SheetForm
      title={t('lead.rename')}
      canSave={name.trim() !== ''}
      onClose={onClose}
      onSave={() => {
        change.mutate({ name: name.trim() })
        onClose()
      }}
    >
      <Field label={t('lead.name')}>
        {(control) => <Input {...control} autoFocus maxLength={LONGEST} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
    </SheetForm>
  )
}
