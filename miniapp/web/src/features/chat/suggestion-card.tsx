import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import styles from './composer.module.css'

interface Props {
  conversationId: string
  text: string
  /** Nothing, while nothing can be sent: it is kept. */
  onUse: ((text: string) => void) | null
}

/** What the AI was about to say when a person took over: to be used, changed, or put away. */
export function SuggestionCard({ conversationId, text, onUse }: Props) {
  const { t } = useI18n()
  const api = useApi()
  const client = useQueryClient()
  // It is gone for everybody once something is said; until then, who left it is offered it again.
  const [isUsed, setIsUsed] = useState(false)
  const queryKey = keys.conversation(conversationId)
  const dismissal = useMutation({
    mutationFn: () =>
      api.ask('post', '/conversations/{conversation_id}/suggestion/dismiss', { path: { conversation_id: conversationId } }),
    onMutate: () => client.setQueryData<Conversation>(queryKey, (shown) => shown && { ...shown, suggestion: null }),
    onError: () => client.invalidateQueries({ queryKey }),
  })
  if (isUsed) return null
  const use = onUse && (() => {
    onUse(text)
    setIsUsed(true)
  })
  return (
    <section className={styles.suggestion} aria-label={t('chat.suggestion')}>
      <h3 className={styles.suggestionHead}><Sparkles size={15} aria-hidden />{t('chat.suggestion')}</h3>
      <p className={styles.suggestionText}>{text}</p>
      <div className={styles.suggestionButtons}>
        {use && <Button look="quiet" isSmall onClick={use}>{t('chat.use')}</Button>}
        <Button look="quiet" isSmall onClick={() => dismissal.mutate()}>{t('chat.dismiss')}</Button>
      </div>
    </section>
  )
}
