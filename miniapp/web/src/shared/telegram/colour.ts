export type Rgb = readonly [number, number, number]

/** `#rgb` or `#rrggbb`; anything else is none. */
export function parseColour(text: string | undefined): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text ?? '')?.[1]
  if (hex === undefined) return null
  const full = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as unknown as Rgb
}

export function toHex(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** `share` of `other` in `colour`, from 0 to 1. */
export function mixed(colour: Rgb, other: Rgb, share: number): Rgb {
  return colour.map((part, at) => part + ((other[at] ?? 0) - part) * share) as unknown as Rgb
}

export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** As WCAG counts it, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const STEPS = 20

/** The colour, moved towards `ink` as far as it takes to be read on every one of these grounds. */
export function legible(colour: Rgb, grounds: readonly Rgb[], ink: Rgb, least = 4.5): Rgb {
  for (let step = 0; step <= STEPS; step += 1) {
    const candidate = mixed(colour, ink, step / STEPS)
    if (grounds.every((ground) => contrast(candidate, ground) >= least)) return candidate
  }
  return ink
}
