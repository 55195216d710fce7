import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** Goes where the link from Telegram leads, once: whoever has moved on since and loads the page anew stays where he is. */
export function useStartPlace(place: string | null): void {
  const [location, navigate] = useLocation()
  const isDone = useRef(false)
  useEffect(() => {
    if (isDone.current) return
    isDone.current = true
    if (location !== '/') return
    navigate('/leads', { replace: true })
    // Above the list, so that there is a way back to it.
    if (place !== null) navigate(place)
  }, [location, navigate, place])
}
