import { FileText, ImageIcon, MapPin, Mic, Paperclip, Smile, Video } from 'lucide-react'
import type { Message } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import styles from './bubble.module.css'

const ICONS: Readonly<Record<string, typeof Mic>> = {
  image: ImageIcon,
  audio: Mic,
  voice: Mic,
  video: Video,
  document: FileText,
  sticker: Smile,
  location: MapPin,
}

/** A file by its name and size: what it holds is where it was written to. */
export function MediaPlaceholder({ media }: { media: NonNullable<Message['media']> }) {
  const { t, format } = useI18n()
  const Icon = ICONS[media.kind] ?? Paperclip
  const kind = worded(t, `chat.media.${media.kind}`, t('chat.media.other'))
  return (
    <div className={styles.media}>
      <span className={styles.mediaIcon} aria-hidden><Icon size={20} /></span>
      <div>
        <p className={styles.mediaName}>{media.name ?? kind}</p>
        <p className={styles.mediaHint}>{media.size === null ? t('chat.notHere') : t('chat.notHereSized', { size: format.size(media.size) })}</p>
      </div>
    </div>
  )
}
