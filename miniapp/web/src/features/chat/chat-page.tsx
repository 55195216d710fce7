import type { ReactNode } from 'react'
import { useConversation } from '@/shared/domain/use-conversation'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useClosingConfirmation } from '@/shared/telegram/use-buttons'
import { ErrorState, Spinner } from '@/shared/ui/states'
import { ChatHeader } from './chat-header'
import styles from './chat-page.module.css'
import { Composer } from './composer'
import { HandOffCard } from './hand-off-card'
import { Notices } from './notices'
import { useOutbox } from './outbox'
import { Thread } from './thread'

interface Props {
  conversationId: string
  onBack: () => void
  /** What a wide screen shows beside the thread. */
  aside?: (leadId: string) => ReactNode
}

/** A conversation: what was said, whose turn it is, and where one writes. Its key is the conversation's. */
export function ChatPage({ conversationId, onBack, aside }: Props) {
  const { t } = useI18n()
  const conversation = useConversation(conversationId)
  const outbox = useOutbox(conversationId)
  useClosingConfirmation(outbox.unsent.length > 0)

  if (conversation.data === undefined) {
    return (
      <div className={styles.middle}>
        {conversation.isError ? (
          <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
        ) : (
          <Spinner />
        )}
      </div>
    )
  }
  const shown = conversation.data
  return (
    <div className={styles.chat}>
      <section className={styles.main} aria-label={t('chat.title')}>
        <ChatHeader conversation={shown} onBack={onBack} />
        <HandOffCard key={shown.status} conversation={shown} />
        <Thread conversationId={conversationId} outbox={outbox} />
        <Notices conversation={shown} />
        {shown.can.note && <Composer conversation={shown} onWrite={outbox.write} />}
      </section>
      {aside && <aside className={styles.aside} aria-label={t('chat.aboutLead')}>{aside(shown.lead_id)}</aside>}
    </div>
  )
}
