import { useEffect, useState } from 'react'

/** The time, told anew every so often: for what says how long ago something was. */
export function useNow(everyMilliseconds = 30_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds)
    return () => clearInterval(timer)
  }, [everyMilliseconds])
  return now
}
