import { useChannelName } from '@/shared/domain/channel-mark'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import type { Figures, Period } from './api/dashboard'
import { Bars } from './bars'
import { ChartCard } from './chart-card'
import { DayChart } from './day-chart'
import { FunnelCard } from './funnel-card'

/** The figures as pictures, each with its table. */
export function Charts({ figures, period }: { figures: Figures; period: Period }) {
  const { t, format } = useI18n()
  const channelName = useChannelName()
  const day = (date: string) => format.day(`${date}T12:00:00Z`)
  const counted = (rows: readonly { name: string; count: number; tone?: string }[], heading: string) => ({
    head: [heading, t('dashboard.leads')],
    rows: rows.map(({ name, count }) => [name, format.number(count)]),
  })
  const stages = figures.funnel.map(({ name, leads, outcome }) => ({ name, count: leads, tone: outcome }))
  const channels = figures.by_channel.map(({ channel, leads }) => ({ name: channelName(channel), count: leads }))
  const sources = figures.by_source.map(({ source, leads }) => ({ name: worded(t, `lead.sourceKind.${source}`, source), count: leads }))
  const reasons = figures.hand_off_reasons.map(({ reason, count }) => ({ name: worded(t, `words.handOff.${reason}`, reason), count }))
  return (
    <>
      <ChartCard
        isWide
        title={t('dashboard.byDay')}
        table={{
          head: [t('dashboard.day'), t('dashboard.leads'), t('dashboard.conversations')],
          rows: figures.by_day.map((one) => [day(one.day), format.number(one.leads), format.number(one.conversations)]),
        }}
      >
        <DayChart days={figures.by_day} nameOf={day} />
      </ChartCard>
      <FunnelCard period={period} />
      <ChartCard title={t('dashboard.stages')} table={counted(stages, t('lead.stage'))} isEmpty={stages.every((one) => one.count === 0)}>
        <Bars rows={stages} />
      </ChartCard>
      <ChartCard
        title={t('dashboard.reasons')}
        table={{ ...counted(reasons, t('dashboard.reason')), head: [t('dashboard.reason'), t('dashboard.times')] }}
        isEmpty={reasons.length === 0}
      >
        <Bars rows={reasons} />
      </ChartCard>
      <ChartCard title={t('dashboard.channels')} table={counted(channels, t('leads.channel'))} isEmpty={channels.length === 0}>
        <Bars rows={channels} />
      </ChartCard>
      <ChartCard title={t('dashboard.sources')} table={counted(sources, t('lead.source'))} isEmpty={sources.length === 0}>
        <Bars rows={sources} />
      </ChartCard>
    </>
  )
}
