import { MessagesSquare } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useRoute } from 'wouter'
import { LeadsPage } from '@/features/leads/leads-page'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useBackButton } from '@/shared/telegram/use-buttons'
import { EmptyState } from '@/shared/ui/states'
import { useIsWide } from '@/shared/ui/use-is-wide'
import { Splash } from './gate-screens'
import styles from './leads-area.module.css'
import { useDetailFocus } from './use-detail-focus'
import { useGoBack } from './use-go-back'

const LeadPage = lazy(async () => ({ default: (await import('@/features/lead/lead-page')).LeadPage }))
const ChatPage = lazy(async () => ({ default: (await import('@/features/chat/chat-page')).ChatPage }))

/** The list and, beside it on a wide screen or above it on a phone, what is open: a lead or a conversation. */
export function LeadsArea() {
  const [isLead, lead] = useRoute('/leads/:id')
  const [isChat, chat] = useRoute('/chats/:id')
  const isWide = useIsWide()
  const goBack = useGoBack('/leads')
  const isOpen = isLead || isChat
  const openId = chat?.id ?? lead?.id
  const detail = useDetailFocus(isWide ? undefined : openId)
  useBackButton(isOpen && !isWide ? goBack : null)
  return (
    <div className={styles.area} data-open={isOpen}>
      {/* Under what is open it stays as it is, and out of reach. */}
      <div className={styles.list} inert={isOpen && !isWide}>
        <LeadsPage openId={openId} />
      </div>
      {(isOpen || isWide) && (
        <div className={styles.detail} ref={detail} tabIndex={-1}>
          <Suspense fallback={<Splash />}>
            {isChat && (
              <ChatPage
                key={chat.id}
                conversationId={chat.id}
                onBack={goBack}
                aside={(leadId) => <LeadPage key={leadId} leadId={leadId} isBesideChat />}
              />
            )}
            {isLead && <LeadPage key={lead.id} leadId={lead.id} onBack={isWide ? undefined : goBack} />}
            {!isOpen && <NothingOpen />}
          </Suspense>
        </div>
      )}
    </div>
  )
}

function NothingOpen() {
  const { t } = useI18n()
  return <EmptyState icon={<MessagesSquare size={36} />} title={t('leads.pick')} text={t('leads.pickText')} />
}
