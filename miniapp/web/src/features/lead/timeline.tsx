import { ArrowRightLeft, BellOff, Bot, CircleCheck, Gauge, Hand, MessageCirclePlus, Milestone, StickyNote, UserRound } from 'lucide-react'
import type { Lead, Stage, TimelineItem } from '@/shared/api/model'
import { useStages } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Button } from '@/shared/ui/button'
import { Section } from '@/shared/ui/section'
import { ErrorState, SkeletonRows } from '@/shared/ui/states'
import { useTimeline } from './api/timeline'
import styles from './lead.module.css'
import { useReason } from './reasons'

const ICONS: Readonly<Record<string, typeof Bot>> = {
  conversation_opened: MessageCirclePlus,
  conversation_closed: CircleCheck,
  stage: Milestone,
  score: Gauge,
  hand_off: Hand,
  taken: UserRound,
  given_back: Bot,
  note: StickyNote,
  opted_out: BellOff,
}

/** What happened, the newest first. */
export function Timeline({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const stages = useStages()
  const timeline = useTimeline(lead.id)
  const items = (timeline.data?.pages.flatMap((page) => page.items) ?? []).filter(isWorthALine)
  if (timeline.isPending) return <SkeletonRows count={3} />
  if (timeline.isError && items.length === 0) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />
  if (items.length === 0) return null
  return (
    <Section title={t('lead.timeline')} isPadded>
      <ol className={styles.timeline}>{items.map((item, at) => <Event key={at} item={item} stages={stages} />)}</ol>
      {timeline.hasNextPage && (
        <Button look="quiet" isBusy={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>{t('common.loadMore')}</Button>
      )}
    </Section>
  )
}

/** Whom nobody asked takes a conversation over at the moment when it is handed to him: one line says both. */
function isWorthALine(item: TimelineItem): boolean {
  return !(item.kind === 'hand_off' && item.reason === 'taken')
}

function Event({ item, stages }: { item: TimelineItem; stages: readonly Stage[] }) {
  const { t, format } = useI18n()
  const reasonOf = useReason()
  const stageName = (key: string | null) => stages.find((stage) => stage.key === key)?.name ?? key ?? ''
  const isStage = item.kind === 'stage'
  const event = worded(t, `lead.event.${item.kind}`, item.kind)
  const hasEnded = item.kind === 'given_back'
  const title = (hasEnded ? worded(t, `lead.ended.${item.reason ?? ''}`, event) : event)
    .replace('{name}', item.member_name ?? t('lead.system'))
    .replace('{before}', isStage ? stageName(item.before) : (item.before ?? ''))
    .replace('{after}', isStage ? stageName(item.after) : (item.after ?? ''))
  const Icon = ICONS[item.kind] ?? ArrowRightLeft
  const by = isStage || hasEnded ? (item.member_name ?? (isStage && item.reason && reasonOf(item.reason))) : item.reason && reasonOf(item.reason)
  return (
    <li className={styles.event}>
      <span className={styles.eventIcon} aria-hidden><Icon size={16} /></span>
      <div>
        <p>{title}</p>
        {item.text && <p className={item.kind === 'note' ? styles.eventNote : styles.eventText}>{item.text}</p>}
        <p className={styles.eventHint}>{by && `${by} · `}<time dateTime={item.at}>{format.moment(item.at)}</time></p>
      </div>
    </li>
  )
}
