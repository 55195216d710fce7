import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Field, Input, TextArea } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { knowledgeKey, type KnowledgeEntry } from '../api/knowledge'
import { ConfirmSheet } from '../confirm-sheet'
import { useAction } from '../use-action'

interface Props {
  /** `null`: one that is to be. */
  entry: KnowledgeEntry | null
  canWrite: boolean
  onClose: () => void
}

export function EntrySheet({ entry, canWrite, onClose }: Props) {
  const { t } = useI18n()
  const [title, setTitle] = useState(entry?.title ?? '')
  const [content, setContent] = useState(entry?.content ?? '')
  const [isRemoving, setIsRemoving] = useState(false)
  const body = { title: title.trim(), content: content.trim() }
  const keep = useAction(
    async (api) => {
      if (entry) await api.ask('put', '/knowledge/{entry_id}', { path: { entry_id: entry.id }, body })
      else await api.ask('post', '/knowledge', { body })
    },
    { forgets: knowledgeKey, done: 'settings.saved' },
  )
  const remove = useAction((api) => api.ask('delete', '/knowledge/{entry_id}', { path: { entry_id: entry?.id ?? '' } }), {
    forgets: knowledgeKey,
    done: 'settings.removed',
  })
  if (isRemoving) {
    return (
      <ConfirmSheet
        title={t('settings.removeEntry')}
        text={t('settings.removeEntryText', { name: title })}
        doing={t('common.remove')}
        isBusy={remove.isPending}
        onDo={() => remove.mutate(undefined, { onSuccess: onClose })}
        onClose={() => setIsRemoving(false)}
      />
    )
  }
  const isChanged = body.title !== entry?.title || body.content !== entry.content
  return (
    <SheetForm
      title={t(entry ? 'settings.entry' : 'settings.newEntry')}
      canSave={canWrite && isChanged && body.title !== '' && body.content !== ''}
      isBusy={keep.isPending}
      onSave={() => keep.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Field label={t('settings.entryTitle')} hint={t('settings.entryTitleHint')}>
        {(control) => <Input {...control} value={title} maxLength={500} readOnly={!canWrite} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
      <Field label={t('settings.entryContent')}>
        {(control) => <TextArea {...control} value={content} maxLength={50_000} rows={8} readOnly={!canWrite} onChange={(event) => setContent(event.target.value)} />}
      </Field>
      {entry && canWrite && <Button look="danger" icon={<Trash2 size={18} />} onClick={() => setIsRemoving(true)}>{t('settings.removeEntry')}</Button>}
    </SheetForm>
  )
}
