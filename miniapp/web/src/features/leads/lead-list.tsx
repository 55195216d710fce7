import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { LeadRow } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Spinner } from '@/shared/ui/states'
import { useNow } from '@/shared/ui/use-now'
import { LeadItem } from './lead-item'
import styles from './lead-list.module.css'

interface Props {
  leads: readonly LeadRow[]
  /** The lead or the conversation that is open beside the list. */
  openId: string | undefined
  hasMore: boolean
  isOld: boolean
  /** More could not be loaded: another try is then asked for. */
  hasFailed: boolean
  onEnd: () => void
}

const NEAR_THE_END = 8

/** As many leads as there are, as many rows as are in sight; more of them come as the end comes near. */
export function LeadList({ leads, openId, hasMore, isOld, hasFailed, onEnd }: Props) {
  const { t } = useI18n()
  const now = useNow()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: leads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 96,
    getItemKey: (at) => leads[at]?.id ?? at,
    overscan: 6,
  })
  const inSight = rows.getVirtualItems()
  const last = inSight.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !hasFailed && last >= leads.length - NEAR_THE_END) onEnd()
  }, [hasMore, hasFailed, last, leads.length, onEnd])

  return (
    <div ref={scroller} className={styles.scroller} data-old={isOld}>
      <ul className={styles.list} style={{ height: rows.getTotalSize() }} aria-label={t('leads.title')}>
        {inSight.map((row) => {
          const lead = leads[row.index]
          return lead && (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className={styles.row}
              style={{ transform: `translateY(${row.start}px)` }}
              aria-setsize={hasMore ? -1 : leads.length}
              aria-posinset={row.index + 1}
            >
              <LeadItem lead={lead} now={now} isOpen={openId === lead.id || openId === lead.conversation_id} />
            </li>
          )
        })}
      </ul>
      {hasMore && (
        <div className={styles.more}>
          {hasFailed ? <Button look="tinted" isSmall onClick={onEnd}>{t('common.retry')}</Button> : <Spinner />}
        </div>
      )}
    </div>
  )
}
