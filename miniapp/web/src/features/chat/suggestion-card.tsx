import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import styles from './composer.module.css'

interface Props {
  suggestion: NonNullable<Conversation['suggestion']>
  onUse: (text: string) => void
}

/** What was put away stays so for as long as the app is open. */
const putAway = new Set<string>()

/** What the AI was about to say when a person took over: to be used, changed, or put away. */
export function SuggestionCard({ suggestion, onUse }: Props) {
  const { t } = useI18n()
  const id = suggestion.message_id
  const [isShown, setIsShown] = useState(!putAway.has(id))
  if (!isShown) return null
  const dismiss = () => {
    putAway.add(id)
    setIsShown(false)
  }
  return (
    <section className={styles.suggestion} aria-label={t('chat.suggestion')}>
      <h3 className={styles.suggestionHead}><Sparkles size={15} aria-hidden />{t('chat.suggestion')}</h3>
      <p className={styles.suggestionText}>{suggestion.text}</p>
      <div className={styles.suggestionButtons}>
        <Button
          look="quiet"
          isSmall
          onClick={() => {
            onUse(suggestion.text)
            dismiss()
          }}
        >
          {t('chat.use')}
        </Button>
        <Button look="quiet" isSmall onClick={dismiss}>{t('chat.dismiss')}</Button>
      </div>
    </section>
  )
}
