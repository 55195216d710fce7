import { describe, expect, it } from 'vitest'
import en from '@/locales/en/index'
import ptBR from '@/locales/pt-BR/index'
import api from '../openapi.json'

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

/** What whoever comes in is told by a screen of its own; `token_invalid` is nothing that anybody is told. */
const TOLD_AT_THE_GATE = ['launch_expired', 'launch_invalid', 'launch_used', 'no_member', 'tenant_suspended', 'token_invalid']

/** Every code by which the API refuses something: its document names them. */
function refusals(): string[] {
  const operations = Object.values(api.paths).flatMap((methods) => Object.values(methods) as object[])
  const responses = operations.flatMap((operation) => ('responses' in operation ? Object.entries(operation.responses as object) : []))
  const refused = (responses as [string, { description: string }][]).filter(([status]) => Number(status) >= 400)
  return [...new Set(refused.flatMap(([, { description }]) => description.split(', ')))]
}

describe('locales', () => {
  const [portuguese, english] = [sentences(ptBR), sentences(en)]

  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...portuguese.keys()].sort())
  })

  it('have the same gaps in every sentence', () => {
    for (const [key, text] of portuguese) expect(gaps(english.get(key) ?? ''), key).toEqual(gaps(text))
  })

  it('have a sentence for whatever the API refuses', () => {
    const named = refusals().filter((code) => !TOLD_AT_THE_GATE.includes(code))
    expect(named).toContain('already_taken')
    expect(named.filter((code) => !portuguese.has(`errors.${code}`))).toEqual([])
  })

  it('leave no sentence empty', () => {
    for (const [key, text] of [...portuguese, ...english]) expect(text.trim(), key).not.toBe('')
  })
})
