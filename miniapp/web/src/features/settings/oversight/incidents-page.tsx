import { useInfiniteQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { Link } from 'wouter'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Badge } from '@/shared/ui/badge'
import { Button } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { useAction } from '../use-action'

type Incident = Answer<'get', '/incidents'>['items'][number]

const key = [...keys.settings, 'incidents'] as const

/** What the guards caught, the latest first; what was none can be said so. */
export function IncidentsPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => api.ask('get', '/incidents', { query: { cursor: pageParam, limit: 30 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  return (
    <Page title={t('settings.section.incidents')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ pages }) => {
          const incidents = pages.flatMap((page) => page.items)
          if (incidents.length === 0) {
            return <EmptyState icon={<ShieldCheck size={34} />} title={t('settings.noIncidents')} text={t('settings.noIncidentsText')} />
          }
          return (
            <>
              <Section note={t('settings.incidentsNote')}>
                {incidents.map((incident) => <IncidentRow key={incident.id} incident={incident} />)}
              </Section>
              <MoreButton list={list} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function IncidentRow({ incident }: { incident: Incident }) {
  const { t, format } = useI18n()
  const judge = useAction(
    (api, false_positive: boolean) => api.ask('patch', '/incidents/{incident_id}', { path: { incident_id: incident.id }, body: { false_positive } }),
    { forgets: key },
  )
  return (
    <Row
      label={<strong>{worded(t, `settings.layer.${incident.layer}`, incident.layer)}</strong>}
      end={incident.false_positive ? <Badge>{t('settings.falsePositive')}</Badge> : <Badge tone="bad">{worded(t, `settings.verdict.${incident.verdict}`, incident.verdict)}</Badge>}
      hint={
        <>
          <div className={styles.mono}>{incident.reasons.join(', ')}</div>
          <div>{format.moment(incident.at)}</div>
          <div className={styles.actions}>
            <Button isSmall isBusy={judge.isPending} onClick={() => judge.mutate(!incident.false_positive)}>
              {t(incident.false_positive ? 'settings.wasOne' : 'settings.wasNone')}
            </Button>
            {incident.conversation_id && <Link href={`/chats/${incident.conversation_id}`}><Button look="quiet" isSmall>{t('settings.openChat')}</Button></Link>}
          </div>
        </>
      }
    />
  )
}
