import { hapticFeedback } from '@tma.js/sdk-react'

/** Felt, where the phone can: nothing happens elsewhere. */
export const haptics = {
  chosen: () => void hapticFeedback.selectionChanged.ifAvailable(),
  pressed: () => void hapticFeedback.impactOccurred.ifAvailable('light'),
  done: () => void hapticFeedback.notificationOccurred.ifAvailable('success'),
  refused: () => void hapticFeedback.notificationOccurred.ifAvailable('error'),
}
