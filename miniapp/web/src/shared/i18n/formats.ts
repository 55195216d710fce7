const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Times and numbers as the language writes them, in the business's time zone. */
export interface Formats {
  time: (at: string) => string
  day: (at: string) => string
  /** The day and the time, with the year where it is another one. */
  moment: (at: string, now?: Date) => string
  /** As in a list of conversations: the time today, the weekday this week, else the date. */
  short: (at: string, now?: Date) => string
  /** "today", "yesterday", or the date: a heading between the days of a thread. */
  dayHeading: (at: string, now?: Date) => string
  /** When something will be: "today 14:10", "tomorrow 09:10", else the day and the time. */
  ahead: (at: string, now?: Date) => string
  /** "3 h", "2 d": how long something has lasted. */
  lasting: (milliseconds: number) => string
  number: (value: number) => string
  /** Bytes. */
  size: (bytes: number) => string
  /** The calendar day, as `2026-11-25`: to tell days apart. */
  dayKey: (at: string | Date) => string
}

export function formats(locale: string, timeZone: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short' })
  const full = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' })
  const weekday = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short' })
  const anyYear = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' })
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const number = new Intl.NumberFormat(locale)

  const dayKey = (at: string | Date) => iso.format(new Date(at))
  const daysAgo = (at: string, now: Date) => Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(at))) / DAY)

  const moment = (at: string, now: Date) => {
    const isThisYear = dayKey(at).slice(0, 4) === dayKey(now).slice(0, 4)
    return isThisYear ? `${day.format(new Date(at))}, ${time.format(new Date(at))}` : anyYear.format(new Date(at))
  }

  return {
    time: (at) => time.format(new Date(at)),
    day: (at) => day.format(new Date(at)),
    moment: (at, now = new Date()) => moment(at, now),
    ahead: (at, now = new Date()) => {
      const days = -daysAgo(at, now)
      return days === 0 || days === 1 ? `${relative.format(days, 'day')} ${time.format(new Date(at))}` : moment(at, now)
    },
    short: (at, now = new Date()) => {
      const days = daysAgo(at, now)
      if (days <= 0) return time.format(new Date(at))
      return days < 7 ? weekday.format(new Date(at)) : day.format(new Date(at))
    },
    dayHeading: (at, now = new Date()) => {
      const days = daysAgo(at, now)
      return days <= 1 ? capitalised(relative.format(-days, 'day'), locale) : full.format(new Date(at))
    },
    lasting: (milliseconds) => lasting(milliseconds, locale),
    number: (value) => number.format(value),
    size: (bytes) => size(bytes, locale),
    dayKey,
  }
}

function lasting(milliseconds: number, locale: string): string {
  const [unit, size] =
    milliseconds >= DAY ? (['day', DAY] as const) : milliseconds >= HOUR ? (['hour', HOUR] as const) : (['minute', MINUTE] as const)
  const count = Math.max(1, Math.floor(milliseconds / size))
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(count)
}

function size(bytes: number, locale: string): string {
  const [unit, value] = bytes >= 1e6 ? (['megabyte', bytes / 1e6] as const) : (['kilobyte', bytes / 1e3] as const)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
}

function capitalised(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
}
