import { ChevronDown, Hand } from 'lucide-react'
import { useId, useState } from 'react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import styles from './chat-page.module.css'

/** Why people are to have it, and what they should know: open while somebody is waited for. */
export function HandOffCard({ conversation }: { conversation: Conversation }) {
  const { t, format } = useI18n()
  const id = useId()
  const [isOpen, setIsOpen] = useState(conversation.status === 'waiting_human')
  const handOff = conversation.hand_off
  if (handOff === null || conversation.status === 'ai' || conversation.status === 'closed') return null
  const reason = worded(t, `words.handOff.${handOff.reason}`, handOff.reason)
  const words = handOff.summary ?? handOff.detail
  // That somebody took it stands above already.
  if (handOff.reason === 'taken' && !words) return null
  return (
    <section className={styles.handOff} aria-label={t('chat.handOff')}>
      <button
        type="button"
        className={styles.handOffHead}
        aria-expanded={isOpen}
        aria-controls={id}
        disabled={!words}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Hand size={17} aria-hidden />
        <span className={styles.handOffTitle}>{reason} · {format.short(handOff.at)}</span>
        {words && <ChevronDown size={18} className={styles.chevron} aria-hidden />}
      </button>
      <div id={id} hidden={!isOpen || !words}>
        <p className={styles.summary}>{words}</p>
      </div>
    </section>
  )
}
