import { useQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useApi, useMe } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Button } from '@/shared/ui/button'
import { Field, Input } from '@/shared/ui/fields'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { ConfirmSheet } from '../confirm-sheet'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { useAction } from '../use-action'

type DataRequest = Answer<'get', '/data-requests'>['items'][number]

const LONGEST = 500

/** What leads ask of their data, what is due first before the rest. */
export function RequestsPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const list = useQuery({ queryKey: keys.dataRequests, queryFn: ({ signal }) => api.ask('get', '/data-requests', { query: {} }, { signal }) })
  return (
    <Page title={t('settings.section.requests')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<ShieldCheck size={34} />} title={t('settings.noRequests')} text={t('settings.noRequestsText')} />
          ) : (
            <Section note={t('settings.requestsNote')}>{items.map((one) => <RequestRow key={one.id} request={one} />)}</Section>
          )
        }
      </Loaded>
    </Page>
  )
}

function RequestRow({ request }: { request: DataRequest }) {
  const { t, format } = useI18n()
  const { role } = useMe()
  const [isRefusing, setRefusing] = useState(false)
  const isOpen = request.state === 'open'
  const close = useAction(
    (api, refused_because: string | null) => api.ask('post', '/data-requests/{request_id}/close', { path: { request_id: request.id }, body: { refused_because } }),
    { forgets: keys.dataRequests },
  )
  return (
    <Row
      label={<strong>{t(`words.requestKind.${request.kind}`)}</strong>}
      end={<Badge {...(isOpen && { tone: 'bad' as const })}>{t(`settings.requestState.${request.state}`)}</Badge>}
      hint={
        <>
          <div>{request.lead ?? t('settings.requestForgotten')}</div>
          <div>{t('words.requestTimes', { asked: format.moment(request.asked_at), due: format.moment(request.due_at) })}</div>
          {request.reason && <div>{request.reason}</div>}
          <div className={styles.actions}>
            {request.lead !== null && <Link href={`/leads/${request.lead_id}`}><Button look="quiet" isSmall>{t('settings.requestLead')}</Button></Link>}
            {isOpen && role === 'admin' && (
              <>
                <Button isSmall isBusy={close.isPending} onClick={() => close.mutate(null)}>{t('settings.requestDone')}</Button>
                <Button isSmall onClick={() => setRefusing(true)}>{t('settings.requestRefuse')}</Button>
              </>
            )}
          </div>
          {isRefusing && <RefuseSheet onRefuse={(reason) => close.mutate(reason)} onClose={() => setRefusing(false)} />}
        </>
      }
    />
  )
}

function RefuseSheet({ onRefuse, onClose }: { onRefuse: (reason: string) => void; onClose: () => void }) {
  const { t } = useI18n()
  const [reason, setReason] = useState('')
  return (
    <ConfirmSheet
      title={t('settings.requestRefuse')}
      text={t('settings.requestRefuseText')}
      doing={t('settings.requestRefuse')}
      canDo={reason.trim() !== ''}
      onDo={() => {
        onRefuse(reason.trim())
        onClose()
      }}
      onClose={onClose}
    >
      <Field label={t('settings.requestReason')}>
        {(control) => <Input {...control} maxLength={LONGEST} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </ConfirmSheet>
  )
}
