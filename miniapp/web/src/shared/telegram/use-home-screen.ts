import { addToHomeScreen, checkHomeScreenStatus, off, on } from '@tma.js/sdk-react'
import { useEffect, useState } from 'react'

const KNOWN = ['unknown', 'missed', 'added'] as const
export type HomeScreen = (typeof KNOWN)[number]

/**
 * Whether the app has a sign on the phone's home screen, and the way to put one there. Nothing, where Telegram is too
 * old or the phone takes none. `onAnswer` is told whether the person wanted it.
 */
export function useHomeScreen(onAnswer: (isAdded: boolean) => void): { status: HomeScreen; add: () => void } | null {
  const [status, setStatus] = useState<HomeScreen | null>(null)
  useEffect(() => {
    const asked = checkHomeScreenStatus.ifAvailable()
    if (!asked.ok) return
    // A client that does not answer is one that cannot.
    asked.data.then((told) => setStatus(KNOWN.find((one) => one === told) ?? null), () => undefined)
  }, [])
  useEffect(() => {
    const added = () => {
      setStatus('added')
      onAnswer(true)
    }
    const failed = () => onAnswer(false)
    on('home_screen_added', added)
    on('home_screen_failed', failed)
    return () => {
      off('home_screen_added', added)
      off('home_screen_failed', failed)
    }
  }, [onAnswer])
  return status && { status, add: () => void addToHomeScreen.ifAvailable() }
}
