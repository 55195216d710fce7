/** Opening hours as the server keeps them: by weekday (0 is Monday), spans as `08:00-18:00`. */
export type Spans = Readonly<Record<string, readonly string[]>>

export const WEEKDAYS = ['0', '1', '2', '3', '4', '5', '6'] as const
export const USUAL = '08:00-18:00'

export function spansOf(spans: Spans, day: string): readonly string[] {
  return spans[day] ?? []
}

/** The hours with another day; a day without spans is closed, and with none anywhere it is open always. */
export function withDay(spans: Spans, day: string, those: readonly string[]): Spans {
  return { ...spans, [day]: those }
}

/** Monday to Friday as on this day. */
export function likeWeekdays(spans: Spans, day: string): Spans {
  const those = spansOf(spans, day)
  return { ...spans, ...Object.fromEntries(['0', '1', '2', '3', '4'].map((one) => [one, those])) }
}

export function usualWeek(): Spans {
  return likeWeekdays({ '0': [USUAL] }, '0')
}

export function endsOf(span: string): readonly [string, string] {
  const [from = '', to = ''] = span.split('-')
  return [from, to]
}

/** The next span of a day begins where the last one ends. */
export function nextSpan(those: readonly string[]): string {
  const last = those.at(-1)
  if (last === undefined) return USUAL
  const [, to] = endsOf(last)
  return `${to}-${to < '22:00' ? '22:00' : '23:59'}`
}
