import { useState } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Field, TextArea } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { useWriteNote } from './api/write-note'

const LONGEST = 4096

interface Props {
  leadId: string
  conversationId: string
  onClose: () => void
}

export function NoteSheet({ leadId, conversationId, onClose }: Props) {
  const { t } = useI18n()
  const note = useWriteNote(leadId, conversationId)
  const [text, setText] = useState('')
  return (
    <SheetForm
      title={t('lead.note')}
      canSave={text.trim() !== ''}
      isBusy={note.isPending}
      onClose={onClose}
      onSave={() => note.mutate(text.trim(), { onSuccess: onClose })}
    >
      <Field label={t('lead.noteLabel')} hint={t('lead.noteHint')}>
        {(control) => <TextArea {...control} autoFocus rows={4} maxLength={LONGEST} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </SheetForm>
  )
}
