import { useCallback, useState } from 'react'

const PREFIX = 'reveza.draft.'

/** What was begun in a conversation and not sent: it is there again when one comes back. */
export function useDraft(conversationId: string): [string, (text: string) => void] {
  const name = PREFIX + conversationId
  const [text, setText] = useState(() => read(name))
  const keep = useCallback(
    (next: string) => {
      setText(next)
      write(name, next)
    },
    [name],
  )
  return [text, keep]
}

/** A browser that keeps nothing (private windows) loses drafts, and nothing else. */
function read(name: string): string {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return ''
  }
}

function write(name: string, text: string): void {
  try {
    if (text) localStorage.setItem(name, text)
    else localStorage.removeItem(name)
  } catch {
    // See above.
  }
}
