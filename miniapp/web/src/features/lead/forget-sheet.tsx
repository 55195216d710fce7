import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { Button } from '@/shared/ui/button'
import { useErrorText } from '@/shared/ui/error-text'
import { Field, Input } from '@/shared/ui/fields'
import { Sheet } from '@/shared/ui/sheet'
import { useToast } from '@/shared/ui/toast-context'

/** Asks for the name of who is to go for good; who has none is named by the word for it. */
export function ForgetSheet({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const toast = useToast()
  const text = useErrorText()
  const [key] = useState(() => crypto.randomUUID())
  const [typed, setTyped] = useState('')
  const expected = lead.name?.trim() ?? t('lead.forgetWord')
  const forget = useMutation({
    mutationFn: () => api.ask('delete', '/leads/{lead_id}', { path: { lead_id: lead.id }, body: { name: lead.name } }, { idempotencyKey: key }),
    onSuccess: () => {
      haptics.done()
      toast({ text: t('lead.forgotten') })
      navigate('/leads', { replace: true })
      client.removeQueries({ queryKey: keys.lead(lead.id) })
      void client.invalidateQueries({ queryKey: keys.leads })
    },
    onError: (error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' })
    },
  })
  return (
    <Sheet
      title={t('lead.forget')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" isBusy={forget.isPending} disabled={typed.trim() !== expected} onClick={() => forget.mutate()}>{t('lead.forgetSure')}</Button>
        </>
      }
    >
      <p>{t('lead.forgetText')}</p>
      <Field label={t('lead.forgetType', { name: expected })}>
        {(control) => <Input {...control} autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />}
      </Field>
    </Sheet>
  )
}
