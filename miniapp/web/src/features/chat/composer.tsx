import { SendHorizontal, StickyNote } from 'lucide-react'
import { useEffect, useState, type KeyboardEvent } from 'react'
import type { Conversation, QuickReply } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { IconButton } from '@/shared/ui/button'
import { classNames } from '@/shared/ui/class-names'
import { useAutoGrow } from '@/shared/ui/use-auto-grow'
import styles from './composer.module.css'
import { useDraft } from './drafts'
import { useIsWindowClosed } from './use-is-window-closed'
import type { Unsent } from './outbox'
import { QuickReplyList } from './quick-reply-list'
import { useQuickReplyMenu } from './use-quick-reply-menu'
import { SuggestionCard } from './suggestion-card'

interface Props {
  conversation: Conversation
  onWrite: (kind: Unsent['kind'], text: string) => void
}

const LONGEST = 4096
const hasKeyboard = () => matchMedia('(pointer: fine)').matches

/** Where one writes: to the lead, or a note for the team. A slash at the beginning offers what is written often. */
export function Composer({ conversation, onWrite }: Props) {
  const { t } = useI18n()
  const [text, setText] = useDraft(conversation.id)
  const [wantsNote, setWantsNote] = useState(false)
  const input = useAutoGrow(text)
  const isWindowClosed = useIsWindowClosed(conversation)
  const canSend = conversation.can.write && !isWindowClosed
  const isNote = wantsNote || !canSend
  const insert = (words: string) => {
    setText(words)
    input.current?.focus()
  }
  const menu = useQuickReplyMenu(isNote ? '' : text, (reply: QuickReply) => insert(reply.text))

  useEffect(() => {
    if (canSend && hasKeyboard()) input.current?.focus()
  }, [conversation.id, canSend, input])

  const send = () => {
    const words = text.trim()
    if (words === '') return
    haptics.pressed()
    onWrite(isNote ? 'note' : 'message', words)
    setText('')
    setWantsNote(false)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || menu.onKeyDown(event)) return
    if (event.key !== 'Enter' || event.shiftKey || !hasKeyboard()) return
    event.preventDefault()
    send()
  }
  const label = isNote ? t('chat.writeNote') : t('chat.write')

  return (
    <div className={styles.composer}>
      {conversation.suggestion && conversation.can.write && (
        <SuggestionCard
          key={conversation.suggestion.message_id}
          conversationId={conversation.id}
          text={conversation.suggestion.text}
          onUse={canSend ? insert : null}
        />
      )}
      {menu.isOpen && <QuickReplyList menu={menu} />}
      <form
        className={classNames(styles.bar, isNote && styles.noting)}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {canSend && (
          <IconButton
            label={t('chat.note')}
            look="soft"
            aria-pressed={isNote}
            className={styles.mode}
            onClick={() => setWantsNote(!wantsNote)}
          >
            <StickyNote size={22} />
          </IconButton>
        )}
        <textarea
          ref={input}
          className={styles.input}
          rows={1}
          maxLength={LONGEST}
          placeholder={label}
          aria-label={label}
          enterKeyHint={hasKeyboard() ? 'send' : 'enter'}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          {...menu.inputProps}
        />
        <IconButton type="submit" label={t('chat.send')} look="filled" disabled={text.trim() === ''} className={styles.send}>
          <SendHorizontal size={20} />
        </IconButton>
      </form>
    </div>
  )
}
