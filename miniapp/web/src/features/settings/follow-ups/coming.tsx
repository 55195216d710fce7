import { useInfiniteQuery } from '@tanstack/react-query'
import { Repeat } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Section } from '@/shared/ui/section'
import { Segmented } from '@/shared/ui/segmented'
import { EmptyState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import styles from '../settings.module.css'
import { ComingRow } from './coming-row'

const PARTS = ['planned', 'held', 'next_run'] as const
type Part = (typeof PARTS)[number]
type Preview = Answer<'get', '/follow-ups/preview'>

/** Who will be written to: those who are planned, those whose step is held, and those whom the next look would add. */
export function Coming() {
  const { t } = useI18n()
  const api = useApi()
  const [part, setPart] = useState<Part>('planned')
  const list = useInfiniteQuery({
    queryKey: [...keys.followUps, 'preview', part],
    queryFn: ({ pageParam, signal }) => api.ask('get', '/follow-ups/preview', { query: { part, cursor: pageParam, limit: 30 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  return (
    <>
      <div className={styles.head}>
        <Segmented
          label={t('settings.coming.title')}
          options={PARTS.map((value) => ({ value, label: t(`settings.coming.part.${value}`) }))}
          value={part}
          onChange={setPart}
        />
      </div>
      <Loaded query={list}>
        {({ pages }) => (
          <>
            <Those part={part} pages={pages} />
            <MoreButton list={list} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Those({ part, pages }: { part: Part; pages: readonly Preview[] }) {
  const { t, format } = useI18n()
  const items = pages.flatMap((page) => page.items)
  const first = pages[0]
  const stands = first && (!first.is_on ? t('settings.coming.off') : !first.ai_answers ? t('settings.coming.paused') : null)
  const note = stands ?? (first && t('settings.coming.nextRun', { time: format.ahead(first.next_run_at) }))
  if (items.length === 0) return <EmptyState icon={<Repeat size={34} />} title={t(`settings.coming.empty.${part}`)} {...(note && { text: note })} />
  return (
    <Section title={t('settings.coming.title')} note={note}>
      {items.map((one) => <ComingRow key={one.id ?? one.lead_id} coming={one} />)}
    </Section>
  )
}
