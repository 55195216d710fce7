/** Times until which a conversation may be asked to sleep at a tap, on the clock of who looks. */
export const NAPS = ['hour', 'hours', 'tomorrow', 'monday'] as const
export type Nap = (typeof NAPS)[number]

const HOUR = 60 * 60_000
const MORNING = 9
const WEEK = 7

/** The moment that a choice means. */
export function endOf(nap: Nap, now: Date): Date {
  if (nap === 'hour') return new Date(now.getTime() + HOUR)
  if (nap === 'hours') return new Date(now.getTime() + 3 * HOUR)
  const days = nap === 'tomorrow' ? 1 : ((WEEK - now.getDay()) % WEEK) + 1
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING)
}

/** What a field for a day and a time of it holds, as a moment; `null`: nothing yet. */
export function picked(value: string): Date | null {
  const moment = new Date(value)
  return value === '' || Number.isNaN(moment.getTime()) ? null : moment
}
