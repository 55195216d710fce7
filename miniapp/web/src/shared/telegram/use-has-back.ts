import { backButton } from '@tma.js/sdk-react'
import { useIsWide } from '@/shared/ui/use-is-wide'

/** Whether Telegram shows a back button of its own: on a wide screen both panes are in sight, and it has nothing to do. */
export function useTelegramHasBack(): boolean {
  const isWide = useIsWide()
  return backButton.isSupported() && !isWide
}
