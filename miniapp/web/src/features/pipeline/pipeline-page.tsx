import { Columns3, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { EmptyState, ErrorState } from '@/shared/ui/states'
import { useDebounced } from '@/shared/ui/use-debounced'
import { useBoard } from './api/board'
import { Board } from './board'
import { BoardHead } from './board-head'
import { BoardSkeleton } from './board-skeleton'
import { filtersOf, type View } from './views'

/** The pipeline: a column for each stage, and the leads in it. */
export function PipelinePage() {
  const { t, format } = useI18n()
  const me = useMe()
  const [search, setSearch] = useState('')
  const [view, setView] = useState<View>('all')
  const [channel, setChannel] = useState<string | null>(null)
  const filters = filtersOf(view, me.member_id, useDebounced(search.trim()), channel)
  const board = useBoard(filters)
  const isNarrowed = Object.keys(filters).length > 0
  const total = board.data?.columns.reduce((sum, column) => sum + column.total, 0) ?? 0
  const clear = () => {
    setSearch('')
    setView('all')
    setChannel(null)
  }
  return (
    <Page
      isBare
      title={t('pipeline.title')}
      fixed={<BoardHead search={search} onSearch={setSearch} view={view} onView={setView} channel={channel} onChannel={setChannel} />}
    >
      {board.data === undefined ? (
        board.error ? <ErrorState error={board.error} onRetry={() => void board.refetch()} /> : <BoardSkeleton />
      ) : total === 0 ? (
        isNarrowed ? (
          <EmptyState
            icon={<SearchX size={34} />}
            title={t('pipeline.notFound')}
            text={t('pipeline.notFoundText')}
            action={<Button look="tinted" onClick={clear}>{t('leads.clearFilters')}</Button>}
          />
        ) : (
          <EmptyState icon={<Columns3 size={34} />} title={t('pipeline.none')} text={t('pipeline.noneText')} />
        )
      ) : (
        <Board board={board.data} filters={filters} isOld={board.isPlaceholderData} />
      )}
      <p className="unseen" role="status">{board.isSuccess && t('pipeline.found', { count: total, number: format.number(total) })}</p>
    </Page>
  )
}
