import { useI18n } from '@/shared/i18n/i18n-context'
import styles from './composer.module.css'
import type { QuickReplyMenu } from './use-quick-reply-menu'

/** The answers that are offered; the focus stays in the text. */
export function QuickReplyList({ menu }: { menu: QuickReplyMenu }) {
  const { t } = useI18n()
  return (
    <div id={menu.id} role="listbox" aria-label={t('chat.quickReplies')} className={styles.replies}>
      {menu.found.map((reply, at) => (
        // The keys are heard where the text is written.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={reply.id}
          id={menu.optionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === menu.at}
          className={styles.reply}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => menu.onPick(reply)}
        >
          <p className={styles.shortcut}>/{reply.shortcut.replace(/^\//, '')}</p>
          <p className={styles.replyText}>{reply.text}</p>
        </div>
      ))}
      {menu.found.length === 0 && <p className={styles.noReply}>{t(menu.isLoading ? 'common.loading' : 'chat.noQuickReplies')}</p>}
    </div>
  )
}
