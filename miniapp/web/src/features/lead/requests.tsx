import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { NotebookPen } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { requestKinds, type Lead, type RequestKind } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import { useToast } from '@/shared/ui/toast-context'

/** What he asked of his data and is not answered yet, and the way to write down what he asked elsewhere than in writing. */
export function Requests({ lead }: { lead: Lead }) {
  const { t, format } = useI18n()
  const api = useApi()
  const leads = useMe().role !== 'attendant'
  const [isAsking, setAsking] = useState(false)
  const list = useQuery({
    queryKey: [...keys.dataRequests, lead.id],
    queryFn: ({ signal }) => api.ask('get', '/data-requests', { query: { lead_id: lead.id } }, { signal }),
    enabled: leads,
  })
  const open = list.data?.items.filter((one) => one.state === 'open') ?? []
  return (
    <>
      {open.map((one) => (
        <Row
          key={one.id}
          href="/settings/requests"
          label={t(`words.requestKind.${one.kind}`)}
          hint={t('words.requestTimes', { asked: format.moment(one.asked_at), due: format.moment(one.due_at) })}
        />
      ))}
      <Row start={<NotebookPen size={20} />} label={t('lead.ask')} hint={t('lead.askHint')} onClick={() => setAsking(true)} />
      {isAsking && <RequestSheet leadId={lead.id} onClose={() => setAsking(false)} />}
    </>
  )
}

function RequestSheet({ leadId, onClose }: { leadId: string; onClose: () => void }) {
  const { t } = useI18n()
  const api = useApi()
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  const add = useMutation({
    mutationFn: (kind: RequestKind) =>
      api.ask('post', '/leads/{lead_id}/data-requests', { path: { lead_id: leadId }, body: { kind } }),
    onSuccess: () => {
      haptics.done()
      toast({ text: t('lead.asked') })
    },
    onError: (error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.dataRequests }),
  })
  const pick = (kind: RequestKind) => {
    add.mutate(kind)
    onClose()
  }
  return (
    <Sheet title={t('lead.askWhat')} onClose={onClose}>
      <Section note={t('lead.askNote')}>
        {requestKinds.map((kind) => <Row key={kind} label={t(`words.requestKind.${kind}`)} onClick={() => pick(kind)} />)}
      </Section>
    </Sheet>
  )
}
