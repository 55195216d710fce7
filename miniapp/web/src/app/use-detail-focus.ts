import { useEffect, useRef } from 'react'

/**
 * On a phone one screen lies above the other: the focus goes along to what was opened, and back to the row that it was
 * opened from. On a wide screen, where both are in sight, it stays where it is (`openId` is then not given).
 */
export function useDetailFocus(openId: string | undefined) {
  const detail = useRef<HTMLDivElement>(null)
  const before = useRef(openId)
  useEffect(() => {
    const closed = before.current
    before.current = openId
    if (openId !== undefined) detail.current?.focus({ preventScroll: true })
    else if (closed !== undefined) rowOf(closed)?.focus({ preventScroll: true })
  }, [openId])
  return detail
}

/** A row is of a lead and of his conversation: either may have been open. */
function rowOf(id: string): HTMLElement | null {
  return document.querySelector(`[data-opens~="${CSS.escape(id)}"]`)
}
