import type { Business } from '../api/business'

/** Values that differ from what stands, by their path (`hand_off.hot_score`). */
export type Changes = Readonly<Record<string, unknown>>

export function valueAt(place: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], place)
}

/** What stands, with these changes in it: whatever others changed meanwhile stays theirs. */
export function withChanges(business: Business, changes: Changes): Business {
  return Object.entries(changes).reduce((made, [path, value]) => put(made, path.split('.'), value) as Business, business)
}

function put(place: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  const holder = (place ?? {}) as Record<string, unknown>
  return { ...holder, [name]: rest.length === 0 ? value : put(holder[name], rest, value) }
}

/** The changes with one more; what is as it stands anyway is none. */
export function changed(changes: Changes, business: Business, path: string, value: unknown): Changes {
  const { [path]: _before, ...others } = changes
  return isSame(valueAt(business, path), value) ? others : { ...others, [path]: value }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
