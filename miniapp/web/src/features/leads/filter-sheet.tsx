import type { ReactNode } from 'react'
import { useMe } from '@/shared/api/api-context'
import type { LeadSort } from '@/shared/api/model'
import { useStages, useTags, useTeam } from '@/shared/domain/catalogues'
import { useChannelName } from '@/shared/domain/channel-mark'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Chip, Chips } from '@/shared/ui/chips'
import { Segmented } from '@/shared/ui/segmented'
import { Sheet } from '@/shared/ui/sheet'
import styles from './leads-page.module.css'
import type { Narrowing } from './views'

type Choice = 'stage' | 'channel' | 'source' | 'tag' | 'assignee_id'

const SORTS = ['recent', 'score', 'name', 'created'] as const
const CHANNELS = ['meta_whatsapp', 'zapi', 'instagram'] as const
const SOURCES = ['ad', 'post', 'shortlink', 'other'] as const
const PERIODS = [1, 7, 30] as const
const DAY = 24 * 60 * 60_000

interface Props {
  narrowing: Narrowing
  sort: LeadSort
  onSort: (sort: LeadSort) => void
  onNarrow: (narrowing: Narrowing) => void
  onClose: () => void
}

/** How the list is sorted and narrowed; each choice is seen behind the sheet at once. */
export function FilterSheet({ narrowing, sort, onSort, onNarrow, onClose }: Props) {
  const { t } = useI18n()
  const channelName = useChannelName()
  const stages = useStages()
  const tags = useTags().data ?? []
  const isLeading = useMe().role !== 'attendant'
  const team = useTeam().data ?? []
  const toggle = (name: Choice, value: string) => {
    const { [name]: before, ...others } = narrowing
    onNarrow(before === value ? others : { ...others, [name]: value })
  }
  const options = (name: Choice, values: readonly { value: string; label: string }[]) =>
    values.map(({ value, label }) => (
      <Chip key={value} isOn={narrowing[name] === value} onClick={() => toggle(name, value)}>{label}</Chip>
    ))
  return (
    <Sheet
      title={t('leads.filter')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={() => { onNarrow({}); onSort('recent') }}>{t('common.clear')}</Button>
          <Button look="filled" onClick={onClose}>{t('leads.show')}</Button>
        </>
      }
    >
      <div className={styles.options}>
        <Group name={t('leads.sortBy')}>
          <Segmented
            label={t('leads.sortBy')}
            options={SORTS.map((value) => ({ value, label: t(`leads.sort.${value}`) }))}
            value={sort}
            onChange={onSort}
          />
        </Group>
        <Group name={t('leads.stage')}>
          <Chips label={t('leads.stage')}>{options('stage', stages.map(({ key, name }) => ({ value: key, label: name })))}</Chips>
        </Group>
        <Group name={t('leads.channel')}>
          <Chips label={t('leads.channel')}>{options('channel', CHANNELS.map((value) => ({ value, label: channelName(value) })))}</Chips>
        </Group>
        <Group name={t('lead.source')}>
          <Chips label={t('lead.source')}>{options('source', SOURCES.map((value) => ({ value, label: t(`lead.sourceKind.${value}`) })))}</Chips>
        </Group>
        <Group name={t('leads.arrived')}><Since narrowing={narrowing} onNarrow={onNarrow} /></Group>
        {isLeading && team.length > 1 && (
          <Group name={t('leads.holder')}>
            <Chips label={t('leads.holder')}>{options('assignee_id', team.map(({ id, name }) => ({ value: id, label: name })))}</Chips>
          </Group>
        )}
        {tags.length > 0 && (
          <Group name={t('leads.tag')}>
            <Chips label={t('leads.tag')}>{options('tag', tags.map((tag) => ({ value: tag, label: tag })))}</Chips>
          </Group>
        )}
      </div>
    </Sheet>
  )
}

/** When the lead first wrote, counted from midnight: so that the same choice is the same question. */
function Since({ narrowing: { since, ...others }, onNarrow }: Pick<Props, 'narrowing' | 'onNarrow'>) {
  const { t } = useI18n()
  const midnight = new Date().setHours(0, 0, 0, 0)
  return (
    <Chips label={t('leads.arrived')}>
      {PERIODS.map((days) => {
        const start = new Date(midnight - (days - 1) * DAY).toISOString()
        return (
          <Chip key={days} isOn={since === start} onClick={() => onNarrow(since === start ? others : { ...others, since: start })}>
            {t('leads.lastDays', { count: days })}
          </Chip>
        )
      })}
    </Chips>
  )
}

function Group({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h3 className={styles.name}>{name}</h3>
      {children}
    </div>
  )
}
