import { describe, expect, it } from 'vitest'
import type { Business } from '@/features/settings/api/business'
import { ai, company, followUps, hours, messages, rules } from '@/features/settings/forms/descriptions'
import { faultsOf, faultText } from '@/features/settings/forms/faults'
import { likeWeekdays, nextSpan, usualWeek, withDay } from '@/features/settings/forms/hours'
import { changed, valueAt, withChanges } from '@/features/settings/forms/paths'
import { bodyOf, moved, planOf } from '@/features/settings/stages/plan'
import en from '@/locales/en/index'
import ptBR from '@/locales/pt-BR/index'
import openapi from '../openapi.json'
import { ApiError } from '@/shared/api/problem'
import { translator, type Translate } from '@/shared/i18n/translate'

const business = { name: 'Clínica', version: 3, hand_off: { hot_score: 60, on_price: false }, hours: { spans: {} } } as unknown as Business
const t: Translate = translator(ptBR, 'pt-BR')
const fields = [company, hours, messages, ai, rules, followUps].flatMap((form) => form.groups.flatMap((group) => group.fields))

describe('changes to the settings', () => {
  it('are kept by path, and one that was taken back is none', () => {
    const once = changed({}, business, 'hand_off.hot_score', 70)
    expect(once).toEqual({ 'hand_off.hot_score': 70 })
    expect(changed(once, business, 'hand_off.hot_score', 60)).toEqual({})
  })

  it('stand on whatever stands now, so that what others changed stays theirs', () => {
    const theirs = { ...business, name: 'Outra', version: 4 }
    expect(withChanges(theirs, { 'hand_off.hot_score': 70 })).toMatchObject({ name: 'Outra', version: 4, hand_off: { hot_score: 70, on_price: false } })
  })

  it('leave what they are made of as it is', () => {
    withChanges(business, { 'hours.spans': { 0: ['08:00-12:00'] } })
    expect(valueAt(business, 'hours.spans')).toEqual({})
  })
})

describe('the forms', () => {
  const { Business: model, ...schemas } = openapi.components.schemas
  const groups = { hours: schemas.Hours, hand_off: schemas.HandOffSettings, messages: schemas.MessageSettings, privacy: schemas.PrivacySettings, follow_up: schemas.FollowUpRules }
  const paths = Object.keys(model.properties)
    .filter((name) => name !== 'version')
    .flatMap((name) => (name in groups ? Object.keys(groups[name as keyof typeof groups].properties).map((inner) => `${name}.${inner}`) : [name]))

  it('have every setting there is, once', () => {
    expect(fields.map((field) => field.path).sort()).toEqual(paths.sort())
  })

  it.each([['pt-BR', ptBR], ['en', en]] as const)('have a label for each in %s', (_language, texts) => {
    const bare = fields.filter(({ path }) => typeof (valueAt(texts.settings.field, path) as { label?: unknown } | undefined)?.label !== 'string')
    expect(bare).toEqual([])
  })
})

describe('what the server finds wrong', () => {
  it('is told at its field, in the language of who looks', () => {
    const faults = faultsOf(new ApiError(400, 'invalid_input', null, [{ at: 'body.hand_off.hot_score', why: 'is not between 0 and 100' }]))
    expect(faultText(t, faults.get('hand_off.hot_score') ?? '')).toBe('Precisa ficar entre 0 e 100.')
  })

  it('has a sentence, whatever it is', () => {
    expect(faultText(t, 'is of a kind that nobody has seen')).toBe(ptBR.settings.fault.other)
  })
})

describe('opening hours', () => {
  it('begin as a usual week, and a day is copied to the others that people work on', () => {
    expect(Object.keys(usualWeek())).toEqual(['0', '1', '2', '3', '4'])
    expect(likeWeekdays(withDay({}, '0', ['09:00-17:00']), '0')['4']).toEqual(['09:00-17:00'])
  })

  it('go on where the last span ends', () => {
    expect(nextSpan(['08:00-12:00'])).toBe('12:00-22:00')
    expect(nextSpan(['08:00-22:30'])).toBe('22:30-23:59')
  })
})

describe('the stages', () => {
  const plan = planOf({ stages: [
    { key: 'new', name: 'Novo', position: 0, min_score: null, outcome: 'open' },
    { key: 'won', name: 'Ganho', position: 1, min_score: null, outcome: 'won' },
  ] })

  it('are moved, and told in their new order; only open ones have a score', () => {
    const added = { id: 'x', key: null, name: ' Quente ', minScore: 61, outcome: 'open' as const }
    const scored = moved([...plan, added], 2, 1)
    expect(bodyOf(scored.map((stage) => ({ ...stage, minScore: stage.minScore ?? 5 })), {}).stages.map(({ name, min_score }) => [name, min_score])).toEqual([
      ['Novo', 5], ['Quente', 61], ['Ganho', null],
    ])
  })
})
