import { backButton, closingBehavior, mainButton, useSignal } from '@tma.js/sdk-react'
import { useEffect, useEffectEvent } from 'react'

/** Who may be gone back from, the last one first: a sheet closes before its page is left. */
const waysBack: (() => void)[] = []
let stopListening: (() => void) | null = null

function showBackButton(): void {
  if (waysBack.length === 0) {
    stopListening?.()
    stopListening = null
    backButton.hide.ifAvailable()
    return
  }
  backButton.show.ifAvailable()
  if (stopListening !== null) return
  const listening = backButton.onClick.ifAvailable(() => waysBack.at(-1)?.())
  stopListening = listening.ok ? listening.data : null
}

/** Telegram's own back button, while there is somewhere to go back to. */
export function useBackButton(onBack: (() => void) | null | undefined): void {
  const isShown = Boolean(onBack)
  const pressed = useEffectEvent(() => onBack?.())
  useEffect(() => {
    if (!isShown) return
    const back = () => pressed()
    waysBack.push(back)
    showBackButton()
    return () => {
      waysBack.splice(waysBack.indexOf(back), 1)
      showBackButton()
    }
  }, [isShown])
}

interface MainButton {
  text: string
  isEnabled: boolean
  isBusy: boolean
  onClick: () => void
}

/** Telegram's main button, for the one thing that a screen is for; whether there is one to be used. */
export function useMainButton(button: MainButton | null): boolean {
  const isShown = useSignal(mainButton.isMounted) && button !== null
  const pressed = useEffectEvent(() => button?.onClick())
  const { text = '', isEnabled = false, isBusy = false } = button ?? {}
  useEffect(() => {
    if (!isShown) return
    mainButton.setParams.ifAvailable({ text, isEnabled: isEnabled && !isBusy, isLoaderVisible: isBusy, isVisible: true })
  }, [isShown, text, isEnabled, isBusy])
  useEffect(() => {
    if (!isShown) return
    const listening = mainButton.onClick.ifAvailable(() => pressed())
    return () => {
      if (listening.ok) listening.data()
      mainButton.setParams.ifAvailable({ isVisible: false })
    }
  }, [isShown])
  return isShown
}

/** Telegram asks before it closes the app over words that are not sent. */
export function useClosingConfirmation(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return
    closingBehavior.enableConfirmation.ifAvailable()
    return () => void closingBehavior.disableConfirmation.ifAvailable()
  }, [isNeeded])
}
