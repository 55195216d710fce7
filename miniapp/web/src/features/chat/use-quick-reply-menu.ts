import { useId, useState, type KeyboardEvent } from 'react'
import type { QuickReply } from '@/shared/api/model'
import { useQuickReplies } from './api/quick-replies'

const SHOWN = 8

/** What a slash at the beginning of a text offers, and how the keyboard goes through it. */
export function useQuickReplyMenu(text: string, onPick: (reply: QuickReply) => void) {
  const asked = /^\/(\S*)$/.exec(text)?.[1]
  const [dismissed, setDismissed] = useState<string | null>(null)
  const isOpen = asked !== undefined && dismissed !== text
  const replies = useQuickReplies(asked !== undefined)
  const found = isOpen ? matching(replies.data ?? [], asked) : []
  const [marked, setMarked] = useState(0)
  const at = Math.min(marked, Math.max(0, found.length - 1))
  const id = useId()
  const optionId = (index: number) => `${id}-${index}`

  /** Whether the key was for the menu. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!isOpen) return false
    const reply = found[at]
    if (event.key === 'Escape') setDismissed(text)
    else if (event.key === 'ArrowDown') setMarked((at + 1) % Math.max(1, found.length))
    else if (event.key === 'ArrowUp') setMarked((at + found.length - 1) % Math.max(1, found.length))
    else if ((event.key === 'Enter' || event.key === 'Tab') && reply) onPick(reply)
    else return false
    event.preventDefault()
    return true
  }
  const inputProps = isOpen
    ? { 'aria-controls': id, 'aria-activedescendant': found[at] ? optionId(at) : undefined, 'aria-autocomplete': 'list' as const }
    : {}
  return { id, isOpen, isLoading: replies.isPending, found, at, optionId, onPick, onKeyDown, inputProps }
}

export type QuickReplyMenu = ReturnType<typeof useQuickReplyMenu>

/** Those whose shortcut begins so come first; then those that say it anywhere. */
export function matching(replies: readonly QuickReply[], asked: string): QuickReply[] {
  const wanted = plain(asked)
  const begins = (reply: QuickReply) => plain(reply.shortcut).replace(/^\//, '').startsWith(wanted)
  const says = (reply: QuickReply) => plain(`${reply.shortcut} ${reply.text}`).includes(wanted)
  return [...replies.filter(begins), ...replies.filter((reply) => !begins(reply) && says(reply))].slice(0, SHOWN)
}

/** Without accents and capitals. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
