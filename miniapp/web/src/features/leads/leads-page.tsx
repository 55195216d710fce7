import { MessageSquareDashed, SearchX, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import type { LeadSort } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button, IconButton } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/shared/ui/states'
import { useDebounced } from '@/shared/ui/use-debounced'
import { useLeadList } from './api/list-leads'
import { ExportButton } from './export-button'
import { FilterSheet } from './filter-sheet'
import { LeadList } from './lead-list'
import styles from './leads-page.module.css'
import { ListHead } from './list-head'
import { filtersOf, isNarrowed, type Narrowing, type View } from './views'

/** Every lead one may see: searched, narrowed, sorted. */
export function LeadsPage({ openId }: { openId?: string | undefined }) {
  const { t } = useI18n()
  const me = useMe()
  const [search, setSearch] = useState('')
  const [view, setView] = useState<View>('all')
  const [narrowing, setNarrowing] = useState<Narrowing>({})
  const [sort, setSort] = useState<LeadSort>('recent')
  const [isChoosing, setIsChoosing] = useState(false)
  const filters = filtersOf(view, me.member_id, narrowing, useDebounced(search.trim()), sort)
  const list = useLeadList(filters)
  const leads = list.data?.pages.flatMap((page) => page.items) ?? []
  const clear = () => {
    setSearch('')
    setView('all')
    setNarrowing({})
  }
  const { fetchNextPage, isFetchingNextPage } = list

  return (
    <Page
      isBare
      title={t('leads.title')}
      actions={
        <>
          {me.role !== 'attendant' && <ExportButton filters={filters} />}
          <IconButton label={t('leads.filter')} onClick={() => setIsChoosing(true)}>
            <span className={styles.dotted} data-dot={isNarrowed(narrowing) || sort !== 'recent'}>
              <SlidersHorizontal size={22} />
            </span>
          </IconButton>
        </>
      }
      fixed={<ListHead search={search} onSearch={setSearch} view={view} onView={setView} />}
    >
      {list.isPending ? (
        <div className={styles.body}><SkeletonRows /></div>
      ) : list.isError && leads.length === 0 ? (
        <div className={styles.body}><ErrorState error={list.error} onRetry={() => void list.refetch()} /></div>
      ) : leads.length === 0 ? (
        <div className={styles.body}><Nothing isAsked={Object.keys(filters).length > 0} onClear={clear} /></div>
      ) : (
        <LeadList
          leads={leads}
          openId={openId}
          hasMore={list.hasNextPage}
          isOld={list.isPlaceholderData}
          hasFailed={list.isFetchNextPageError}
          onEnd={() => void (isFetchingNextPage || fetchNextPage())}
        />
      )}
      <p className="unseen" role="status">{list.isSuccess && t('leads.found', { count: leads.length })}</p>
      {isChoosing && (
        <FilterSheet
          narrowing={narrowing}
          sort={sort}
          onSort={setSort}
          onNarrow={setNarrowing}
          onClose={() => setIsChoosing(false)}
        />
      )}
    </Page>
  )
}

function Nothing({ isAsked, onClear }: { isAsked: boolean; onClear: () => void }) {
  const { t } = useI18n()
  if (!isAsked) return <EmptyState icon={<MessageSquareDashed size={34} />} title={t('leads.none')} text={t('leads.noneText')} />
  return (
    <EmptyState
      icon={<SearchX size={34} />}
      title={t('leads.notFound')}
      text={t('leads.notFoundText')}
      action={<Button look="tinted" onClick={onClear}>{t('leads.clearFilters')}</Button>}
    />
  )
}
