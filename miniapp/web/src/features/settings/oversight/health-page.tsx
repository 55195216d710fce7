import { useQuery } from '@tanstack/react-query'
import { useApi, useMe } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Badge, type Tone } from '@/shared/ui/badge'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'

type Health = Answer<'get', '/health'>
type Job = Health['jobs'][number]

const EVERY_MS = 60_000
const TONES: Record<Job['state'], Tone> = { done: 'good', running: 'accent', late: 'warn', failed: 'bad', new: 'neutral' }

/** How the business stands, and what runs for it by the clock; looked at anew each minute, for jobs tell nobody. */
export function HealthPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const health = useQuery({
    queryKey: [...keys.settings, 'health'],
    queryFn: ({ signal }) => api.ask('get', '/health', {}, { signal }),
    refetchInterval: EVERY_MS,
  })
  return (
    <Page title={t('settings.section.health')} onBack={onBack} isSmall>
      <Loaded query={health}>
        {(found) => (
          <>
            <State health={found} />
            <Section title={t('settings.byTheClock')} note={t('settings.byTheClockNote')}>
              {found.jobs.map((job) => <JobRow key={job.job} job={job} />)}
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function State({ health }: { health: Health }) {
  const { t } = useI18n()
  const isAdmin = useMe().role === 'admin'
  const ai = health.suspended ? 'suspended' : health.ai_paused ? 'paused' : 'answers'
  return (
    <Section>
      <Row
        label={t('settings.health.ai')}
        hint={t(`settings.aiHint.${ai}`)}
        end={<Badge tone={ai === 'answers' ? 'good' : ai === 'paused' ? 'warn' : 'bad'}>{t(`settings.aiState.${ai}`)}</Badge>}
      />
      <Row
        label={t('settings.section.channels')}
        href="/settings/channels"
        hint={t('settings.channelsConnected', { count: health.channels })}
        end={health.stopped > 0 ? <Badge tone="bad">{t('settings.channelsStopped', { count: health.stopped })}</Badge> : <Badge tone="good">{t('settings.allWell')}</Badge>}
      />
      <Row
        label={t('settings.section.failures')}
        {...(isAdmin ? { href: '/settings/failures' } : {})}
        end={health.failures > 0 ? <Badge tone="bad">{t('settings.failuresOpen', { count: health.failures })}</Badge> : <Badge tone="good">{t('settings.noneOpen')}</Badge>}
      />
      <LogRow log={health.log} isLinked={isAdmin} />
    </Section>
  )
}

/** The log of who did what: whether each entry still follows the one before. */
function LogRow({ log, isLinked }: { log: Health['log']; isLinked: boolean }) {
  const { t, format } = useI18n()
  return (
    <Row
      label={t('settings.section.audit')}
      {...(isLinked ? { href: '/settings/audit' } : {})}
      {...(log.looked_at === null ? {} : { hint: t('settings.logLooked', { time: format.moment(log.looked_at) }) })}
      end={
        log.looked_at === null ? <Badge>{t('settings.logNew')}</Badge>
        : log.broken_at === null ? <Badge tone="good">{t('settings.logWhole')}</Badge>
        : <Badge tone="bad">{t('settings.logBroken', { number: log.broken_at })}</Badge>
      }
    />
  )
}

function JobRow({ job }: { job: Job }) {
  const { t, format } = useI18n()
  return (
    <Row
      label={worded(t, `settings.job.${job.job}`, job.job)}
      hint={t(`settings.jobAt.${job.state}`, { time: format.moment(job.at) })}
      end={<Badge tone={TONES[job.state]}>{t(`settings.jobState.${job.state}`)}</Badge>}
    />
  )
}
