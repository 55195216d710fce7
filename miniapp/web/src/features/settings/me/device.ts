const SYSTEMS = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
] as const
const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const

/** The system and the browser, out of what a browser says of itself; nothing, if it says neither. */
export function deviceOf(client: string): string {
  const named = (known: readonly (readonly [RegExp, string])[]) => known.find(([pattern]) => pattern.test(client))?.[1]
  return [named(SYSTEMS), named(BROWSERS)].filter(Boolean).join(' · ')
}
