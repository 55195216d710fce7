import { useChannelName } from '@/shared/domain/channel-mark'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Chip, Chips } from '@/shared/ui/chips'
import { SearchBox } from '@/shared/ui/search-box'
import styles from './pipeline.module.css'
import { VIEWS, type View } from './views'

const CHANNELS = ['meta_whatsapp', 'zapi', 'instagram'] as const

interface Props {
  search: string
  onSearch: (search: string) => void
  view: View
  onView: (view: View) => void
  channel: string | null
  onChannel: (channel: string | null) => void
}

/** What the board is narrowed by. */
export function BoardHead({ search, onSearch, view, onView, channel, onChannel }: Props) {
  const { t } = useI18n()
  const nameOf = useChannelName()
  return (
    <div className={styles.head}>
      <SearchBox label={t('leads.search')} value={search} onChange={onSearch} />
      <Chips label={t('pipeline.narrow')} isScrolling>
        {VIEWS.map((one) => <Chip key={one} isOn={view === one} onClick={() => onView(one)}>{t(`leads.view.${one}`)}</Chip>)}
        <span className={styles.split} aria-hidden />
        {CHANNELS.map((one) => (
          <Chip key={one} isOn={channel === one} onClick={() => onChannel(channel === one ? null : one)}>{nameOf(one)}</Chip>
        ))}
      </Chips>
    </div>
  )
}
