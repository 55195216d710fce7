import { useLayoutEffect, useRef, useState } from 'react'

const CLOSE = 60

/**
 * A thread that stays where it is read. The scroller runs upside down (0 is its end), so the browser keeps the end in
 * sight by itself; whoever has scrolled up is kept in place by moving as far as what is new at the end has made it grow.
 */
export function useThreadScroll(lastId: string | undefined, unsentCount: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const before = useRef({ height: 0, lastId, top: 0, unsentCount })
  const [isAtEnd, setIsAtEnd] = useState(true)
  const [seenId, setSeenId] = useState(lastId)

  useLayoutEffect(() => {
    const place = scroller.current
    const height = content.current?.offsetHeight ?? 0
    if (place === null) return
    const { height: was, lastId: wasLast, top, unsentCount: unsentBefore } = before.current
    const hasGrownAtEnd = wasLast !== undefined && lastId !== wasLast
    if (unsentCount > unsentBefore) place.scrollTop = 0
    // Where the browser has anchored the sight already, its place has changed, and nothing is left to do.
    else if (hasGrownAtEnd && top < -CLOSE && place.scrollTop === top) place.scrollTop = top - (height - was)
    before.current = { height, lastId, top: place.scrollTop, unsentCount }
  })

  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0
    before.current.top = top
    const isThere = top > -CLOSE
    setIsAtEnd(isThere)
    if (isThere) setSeenId(lastId)
  }
  const toEnd = () => scroller.current?.scrollTo({ top: 0, behavior: 'smooth' })
  return { scroller, content, onScroll, toEnd, isAtEnd, hasNew: !isAtEnd && seenId !== undefined && seenId !== lastId }
}
