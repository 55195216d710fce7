import { useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/shared/api/keys'
import type { QuickReply } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Field, Input, TextArea } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { faultsOf, faultText } from '../forms/faults'
import { useAction } from '../use-action'

export function ReplySheet({ reply, onClose }: { reply: QuickReply | null; onClose: () => void }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '')
  const [text, setText] = useState(reply?.text ?? '')
  const body = { shortcut: shortcut.trim(), text: text.trim() }
  const effects = { forgets: [...keys.settings, 'replies'] }
  const done = { onSuccess: () => { void client.invalidateQueries({ queryKey: keys.quickReplies }); onClose() } }
  const keep = useAction(
    async (api) => {
      if (reply) await api.ask('put', '/quick-replies/{reply_id}', { path: { reply_id: reply.id }, body })
      else await api.ask('post', '/quick-replies', { body })
    },
    { ...effects, done: 'settings.saved' },
  )
  const remove = useAction((api) => api.ask('delete', '/quick-replies/{reply_id}', { path: { reply_id: reply?.id ?? '' } }), { ...effects, done: 'settings.removed' })
  const why = faultsOf(keep.error).get('shortcut')
  return (
    <SheetForm
      title={t(reply ? 'settings.reply' : 'settings.newReply')}
      canSave={body.shortcut !== '' && body.text !== ''}
      isBusy={keep.isPending}
      onSave={() => keep.mutate(undefined, done)}
      onClose={onClose}
    >
      <Field label={t('settings.shortcut')} hint={t('settings.shortcutHint')} fault={why && faultText(t, why)}>
        {(control) => <Input {...control} value={shortcut} maxLength={40} autoCapitalize="none" onChange={(event) => setShortcut(event.target.value)} />}
      </Field>
      <Field label={t('settings.replyText')}>
        {(control) => <TextArea {...control} value={text} maxLength={4000} rows={5} onChange={(event) => setText(event.target.value)} />}
      </Field>
      {reply && (
        <Button look="danger" icon={<Trash2 size={18} />} isBusy={remove.isPending} onClick={() => remove.mutate(undefined, done)}>
          {t('common.remove')}
        </Button>
      )}
    </SheetForm>
  )
}
