import { useEffect, useState } from 'react'

/** The value once it has stood for a while: not every letter is a question. */
export function useDebounced<T>(value: T, milliseconds = 220): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
