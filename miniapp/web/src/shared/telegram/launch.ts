import {
  backButton,
  closingBehavior,
  init,
  isTMA,
  mainButton,
  miniApp,
  retrieveLaunchParams,
  retrieveRawInitData,
  setTargetOrigin,
  swipeBehavior,
  viewport,
} from '@tma.js/sdk-react'
import { followTheme } from './theme'

/** How Telegram opened the app. */
export interface Launch {
  /** As signed by Telegram, untouched. */
  initData: string
  /** Tells this launch from every other. */
  id: string
  language: string | undefined
  startParam: string | undefined
  platform: string
}

/** The launch, with Telegram's parts of the screen made ready; `null` outside Telegram, or where it tells not who it is. */
export function openInTelegram(): Launch | null {
  if (!isTMA()) return null
  const initData = launchData()
  if (!initData) return null
  // Who may frame the page is said by its policy, and what is posted to him is no secret: Telegram Web has several origins.
  setTargetOrigin('*')
  // Telegram's styles would come as an inline element, which the policy refuses; its colours come by `followTheme`.
  init({ acceptCustomStyles: false })
  followTheme()
  backButton.mount.ifAvailable()
  mainButton.mount.ifAvailable()
  closingBehavior.mount.ifAvailable()
  swipeBehavior.mount.ifAvailable()
  // A drag to the next stage, or up the thread, is none to close the app.
  swipeBehavior.disableVertical.ifAvailable()
  void followViewport()
  const { tgWebAppData, tgWebAppPlatform, tgWebAppStartParam } = retrieveLaunchParams()
  return {
    initData,
    id: new URLSearchParams(initData).get('hash') ?? '',
    language: tgWebAppData?.user?.language_code,
    startParam: tgWebAppStartParam ?? tgWebAppData?.start_param,
    platform: tgWebAppPlatform,
  }
}

/** What Telegram signed. Its own browser, by which it opens ordinary links, looks like a launch and is none. */
function launchData(): string | undefined {
  try {
    return retrieveRawInitData()
  } catch {
    return undefined
  }
}

/** The first screen stands: Telegram takes its own away. */
export function tellReady(): void {
  miniApp.ready.ifAvailable()
}

/** Where the screen ends, as `--tg-viewport-…`; a client that does not tell leaves the defaults of the style sheet. */
async function followViewport(): Promise<void> {
  try {
    await viewport.mount()
    viewport.bindCssVars()
    viewport.expand()
  } catch {
    // An old client: the page is as high as its window.
  }
}
