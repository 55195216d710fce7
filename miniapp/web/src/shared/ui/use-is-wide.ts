import { useSyncExternalStore } from 'react'

/** Room for a rail at the side and two panes; the style sheets say the same. */
const WIDE = '(min-width: 900px)'

export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(WIDE)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => matchMedia(WIDE).matches,
  )
}
