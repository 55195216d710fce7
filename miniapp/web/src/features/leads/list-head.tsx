import { useI18n } from '@/shared/i18n/i18n-context'
import { Chip, Chips } from '@/shared/ui/chips'
import { SearchBox } from '@/shared/ui/search-box'
import styles from './leads-page.module.css'
import { VIEWS, type View } from './views'

interface Props {
  search: string
  onSearch: (search: string) => void
  view: View
  onView: (view: View) => void
}

/** The search and the views: what stays above the list. */
export function ListHead({ search, onSearch, view, onView }: Props) {
  const { t } = useI18n()
  return (
    <div className={styles.head}>
      <SearchBox label={t('leads.search')} value={search} onChange={onSearch} />
      <div className={styles.chips}>
        <Chips label={t('leads.views')} isScrolling>
          {VIEWS.map((name) => (
            <Chip key={name} isOn={view === name} onClick={() => onView(name)}>{t(`leads.view.${name}`)}</Chip>
          ))}
        </Chips>
      </div>
    </div>
  )
}
