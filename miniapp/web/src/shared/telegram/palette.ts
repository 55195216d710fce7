import { contrast, legible, luminance, mixed, parseColour, toHex, type Rgb } from './colour'

export type ThemeColours = Readonly<Record<string, string | undefined>>

export interface Palette {
  isDark: boolean
  /** By the name of the CSS variable, without its dashes. */
  colours: Readonly<Record<string, string>>
}

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [16, 18, 22]

/**
 * Our colours out of Telegram's, whoever made the theme. Telegram promises nothing about contrast (its own hint colour
 * is too pale for small text), so each colour of text is moved until it can be read where it stands.
 */
export function paletteOf(theme: ThemeColours): Palette | null {
  const background = parseColour(theme['bg_color'])
  if (background === null) return null
  const isDark = luminance(background) < 0.2
  const secondary = parseColour(theme['secondary_bg_color']) ?? mixed(background, isDark ? BLACK : [90, 100, 120], 0.08)
  const surface = parseColour(theme['section_bg_color']) ?? background
  const ground = toHex(secondary) === toHex(surface) ? mixed(surface, isDark ? BLACK : [60, 72, 92], 0.07) : secondary
  const button = parseColour(theme['button_color']) ?? [0x2a, 0x7b, 0xc8]
  const tint = mixed(surface, button, isDark ? 0.2 : 0.1)
  const grounds = [surface, ground, tint]
  const text = parseColour(theme['text_color'])
  const ink = legible(text ?? (isDark ? WHITE : BLACK), grounds, isDark ? WHITE : BLACK, 7)
  const hint = parseColour(theme['subtitle_text_color'] ?? theme['hint_color']) ?? mixed(ink, surface, 0.45)
  const accent = legible(parseColour(theme['accent_text_color']) ?? button, grounds, ink)
  const danger = legible(parseColour(theme['destructive_text_color']) ?? [0xd1, 0x3b, 0x3b], grounds, ink)
  const onButton = contrast(button, WHITE) >= 3 || contrast(button, WHITE) > contrast(button, BLACK) ? WHITE : BLACK
  const filled = legible(button, [onButton], onButton === WHITE ? BLACK : WHITE)
  return {
    isDark,
    colours: named({
      ground,
      surface,
      raised: isDark ? mixed(surface, WHITE, 0.06) : surface,
      ink,
      soft: legible(hint, grounds, ink),
      line: mixed(surface, ink, isDark ? 0.13 : 0.1),
      fill: mixed(surface, ink, isDark ? 0.1 : 0.06),
      accent,
      filled,
      'on-filled': onButton,
      tint,
      danger,
    }),
  }
}

function named(colours: Readonly<Record<string, Rgb>>): Record<string, string> {
  return Object.fromEntries(Object.entries(colours).map(([name, colour]) => [name, toHex(colour)]))
}
