import { ChevronDown } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { ErrorState, Spinner } from '@/shared/ui/states'
import { useMessages } from './api/messages'
import { Bubble } from './bubble'
import { stillUnsent, type useOutbox } from './outbox'
import styles from './thread.module.css'
import { daysOf, messagesOf } from './thread-model'
import { UnsentBubble } from './unsent-bubble'
import { useInSight } from './use-in-sight'
import { useThreadScroll } from './use-thread-scroll'

interface Props {
  conversationId: string
  outbox: ReturnType<typeof useOutbox>
}

/** What was said, the newest at the bottom. Whoever scrolls up gets what was said before, without a jump. */
export function Thread({ conversationId, outbox }: Props) {
  const { t, format } = useI18n()
  const thread = useMessages(conversationId)
  const messages = messagesOf(thread.data)
  const unsent = stillUnsent(outbox.unsent, messages)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = thread
  const top = useInSight(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  })
  const { scroller, content, onScroll, toEnd, isAtEnd, hasNew } = useThreadScroll(messages.at(-1)?.id, unsent.length)

  if (thread.isPending) return <div className={styles.middle}><Spinner /></div>
  if (thread.isError && messages.length === 0) {
    return <div className={styles.middle}><ErrorState error={thread.error} onRetry={() => void thread.refetch()} /></div>
  }
  return (
    <div className={styles.place}>
      {/* A place that scrolls has to be reached by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.scroller} ref={scroller} onScroll={onScroll} tabIndex={0} role="log" aria-label={t('chat.thread')}>
        <div className={styles.thread} ref={content}>
          <div ref={top} className={styles.top}>
            {hasNextPage && !isFetchNextPageError && <Spinner />}
            {isFetchNextPageError && <Button look="tinted" isSmall onClick={() => void fetchNextPage()}>{t('common.retry')}</Button>}
          </div>
          {daysOf(messages, format.dayKey).map((day) => (
            <section key={day.key} className={styles.day} aria-label={format.dayHeading(day.groups[0]?.messages[0]?.at ?? '')}>
              <h2 className={styles.heading}><span>{format.dayHeading(day.groups[0]?.messages[0]?.at ?? '')}</span></h2>
              {day.groups.map((group) => (
                <div key={group.key} className={styles.group}>
                  {group.messages.map((message, at) => (
                    <Bubble key={message.id} message={message} isFirst={at === 0} isLast={at === group.messages.length - 1} />
                  ))}
                </div>
              ))}
            </section>
          ))}
          {unsent.length > 0 && (
            <div className={styles.group}>
              {unsent.map((words) => (
                <UnsentBubble key={words.key} words={words} onRetry={() => outbox.again(words)} onDrop={() => outbox.drop(words)} />
              ))}
            </div>
          )}
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" className={styles.down} aria-label={t('chat.toEnd')} onClick={toEnd}>
          {hasNew && <span className={styles.dot} />}
          <ChevronDown size={24} aria-hidden />
        </button>
      )}
    </div>
  )
}
