import { ApiError } from '@/shared/api/problem'
import type { Translate } from '@/shared/i18n/translate'

const BODY = 'body.'

/** What the server finds wrong, by the path of the field. */
export function faultsOf(error: unknown): ReadonlyMap<string, string> {
  const faults = error instanceof ApiError ? error.faults : []
  return new Map(faults.map((fault) => [fault.at.startsWith(BODY) ? fault.at.slice(BODY.length) : fault.at, fault.why]))
}

const WORDS = [
  [/variable that there is not: (.*)/, 'settings.fault.variable'],
  [/told no name/, 'settings.fault.nameless'],
  [/no hours/, 'settings.fault.noHours'],
  [/longer than (\d+)/, 'settings.fault.long'],
  [/not between (\S+) and (\S+)/, 'settings.fault.between'],
  [/is blank/, 'settings.fault.blank'],
  [/not before what follows/, 'settings.fault.order'],
  [/https:/, 'settings.fault.link'],
  [/time zone|timezone/, 'settings.fault.zone'],
  [/more than (\d+)/, 'settings.fault.many'],
] as const

/** The same in the language of who looks: the server writes for developers. */
export function faultText(t: Translate, why: string): string {
  const step = /^step (\d+): (.*)$/s.exec(why)
  if (step) return `${t('settings.followUp.step', { number: step[1] ?? '' })}: ${faultText(t, step[2] ?? '')}`
  for (const [pattern, key] of WORDS) {
    const found = pattern.exec(why)
    if (found) return t(key, { a: found[1] ?? '', b: found[2] ?? '' })
  }
  return t('settings.fault.other')
}
