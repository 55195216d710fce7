import { describe, expect, it } from 'vitest'
import en from '@/locales/en/index'
import ptBR from '@/locales/pt-BR/index'

/** Every sentence by its key, plural forms as keys of their own. */
function sentences(place: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(place) as [string, unknown][]) {
    const key = path ? `${path}.${name}` : name
    if (typeof value === 'string') found.set(key, value)
    else for (const [inner, text] of sentences(value as object, key)) found.set(inner, text)
  }
  return found
}

const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort()

describe('locales', () => {
  const [portuguese, english] = [sentences(ptBR), sentences(en)]

  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...portuguese.keys()].sort())
  })

  it('have the same gaps in every sentence', () => {
    for (const [key, text] of portuguese) expect(gaps(english.get(key) ?? ''), key).toEqual(gaps(text))
  })

  it('leave no sentence empty', () => {
    for (const [key, text] of [...portuguese, ...english]) expect(text.trim(), key).not.toBe('')
  })
})
