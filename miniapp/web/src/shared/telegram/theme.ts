import { miniApp, themeParams } from '@tma.js/sdk-react'
import { paletteOf } from './palette'

/** Shows the app in Telegram's colours, now and whenever they change. */
export function followTheme(): void {
  themeParams.mount()
  miniApp.mount.ifAvailable()
  themeParams.state.sub(show)
  show()
}

function show(): void {
  const palette = paletteOf(themeParams.state())
  if (palette === null) return
  const root = document.documentElement
  root.dataset['theme'] = palette.isDark ? 'dark' : 'light'
  for (const [name, colour] of Object.entries(palette.colours)) root.style.setProperty(`--${name}`, colour)
  const { ground, surface } = palette.colours
  if (ground && surface) {
    miniApp.setHeaderColor.ifAvailable(ground)
    miniApp.setBgColor.ifAvailable(ground)
    miniApp.setBottomBarColor.ifAvailable(surface)
  }
}
