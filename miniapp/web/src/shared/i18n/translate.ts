import type { Messages } from '@/locales/messages'

/** A sentence, or one for each form of a number: `{ one, other }`. Gaps are written `{name}`. */
export type Sentence = string | { one: string; other: string }
export type Values = Readonly<Record<string, string | number>>

type Paths<T> = {
  [K in keyof T & string]: T[K] extends Sentence ? K : `${K}.${Paths<T[K]>}`
}[keyof T & string]
export type MessageKey = Paths<Messages>

export type Translate = (key: MessageKey, values?: Values) => string

/** The sentences of one language, by key. */
export function translator(messages: Messages, locale: string): Translate {
  const forms = new Intl.PluralRules(locale)
  return (key, values = {}) => {
    const sentence = found(messages, key)
    if (sentence === null) return key
    const form = typeof sentence === 'string' ? sentence : sentence[pluralForm(forms, values['count'])]
    return form.replaceAll(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
  }
}

/** Names the server gives of its own (a hand-off's reason, say): `fallback` where this release has no words for one. */
export function worded(t: Translate, key: string, fallback: string): string {
  const text = t(key as MessageKey)
  return text === key ? fallback : text
}

function pluralForm(forms: Intl.PluralRules, count: string | number | undefined): 'one' | 'other' {
  return forms.select(Number(count ?? 0)) === 'one' ? 'one' : 'other'
}

function found(messages: Messages, key: string): Sentence | null {
  let place: unknown = messages
  for (const part of key.split('.')) {
    if (typeof place !== 'object' || place === null) return null
    place = (place as Record<string, unknown>)[part]
  }
  return typeof place === 'string' || isPlural(place) ? place : null
}

function isPlural(place: unknown): place is { one: string; other: string } {
  return typeof place === 'object' && place !== null && 'one' in place && 'other' in place
}
