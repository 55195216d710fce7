import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Button } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import { useAction } from '../use-action'
import { deviceOf } from './device'

const key = [...keys.settings, 'sessions'] as const

/** Where one is signed in; admins see everybody's, and may end each. */
export function SessionsPage({ onBack }: PageProps) {
  const { t, format } = useI18n()
  const api = useApi()
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => api.ask('get', '/sessions', {}, { signal }) })
  const end = useAction((client, id: string) => client.ask('delete', '/sessions/{session_id}', { path: { session_id: id } }), {
    forgets: key,
    done: 'settings.sessionEnded',
  })
  return (
    <Page title={t('settings.section.sessions')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ sessions }) => (
          <Section note={t('settings.sessionsNote')}>
            {sessions.map((session) => (
              <Row
                key={session.id}
                label={`${session.member_name} · ${deviceOf(session.client) || t('settings.unknownDevice')}`}
                hint={t('settings.sessionSince', { since: format.moment(session.opened_at), last: format.moment(session.renewed_at) })}
                end={
                  session.current ? (
                    <Badge tone="good">{t('settings.thisOne')}</Badge>
                  ) : (
                    <Button look="danger" isSmall isBusy={end.isPending && end.variables === session.id} onClick={() => end.mutate(session.id)}>
                      {t('settings.endSession')}
                    </Button>
                  )
                }
              />
            ))}
          </Section>
        )}
      </Loaded>
    </Page>
  )
}
