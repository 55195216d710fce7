import type { Lead } from '@/shared/api/model'

/** An advertisement by its headline; `null` where the source has none. */
export function sourceText(source: Lead['source']): string | null {
  const headline = source === null ? null : (source as Readonly<Record<string, unknown>>)['headline']
  return typeof headline === 'string' && headline !== '' ? headline : null
}
