import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'

/** How far above the sight the next page is asked for. */
const AHEAD = '600px 0px 0px 0px'

/** Calls back whenever what this is given to is about to come into sight, and again while it stays there. */
export function useInSight(onSeen: () => void): (element: HTMLElement | null) => void {
  const [isSeen, setIsSeen] = useState(false)
  const observer = useRef<IntersectionObserver>(null)
  const seen = useEffectEvent(onSeen)
  useEffect(() => {
    if (isSeen) seen()
  })
  return useCallback((element) => {
    observer.current?.disconnect()
    if (element === null) return
    const watching = new IntersectionObserver(([entry]) => setIsSeen(entry?.isIntersecting ?? false), {
      root: element.closest('[role="log"]'),
      rootMargin: AHEAD,
    })
    watching.observe(element)
    observer.current = watching
  }, [])
}
