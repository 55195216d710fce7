import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import styles from './settings.module.css'

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => Promise<unknown>
}

/** The rest of a list, page by page. */
export function MoreButton({ list }: { list: Pages }) {
  const { t } = useI18n()
  if (!list.hasNextPage) return null
  return (
    <div className={styles.more}>
      <Button look="tinted" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('common.loadMore')}</Button>
    </div>
  )
}
