import { describe, expect, it } from 'vitest'
import en from '@/locales/en/index'
import ptBR from '@/locales/pt-BR/index'
import { phoneText } from '@/shared/domain/phone'
import { formats } from '@/shared/i18n/formats'
import { localeFor } from '@/shared/i18n/locales'
import { translator, worded } from '@/shared/i18n/translate'

describe('a language', () => {
  it('is Portuguese for who says nothing, and English for who speaks neither', () => {
    expect([undefined, 'pt-br', 'pt', 'en-US', 'de'].map(localeFor)).toEqual(['pt-BR', 'pt-BR', 'pt-BR', 'en', 'en'])
  })

  it('has one form for one, and in Portuguese for none', () => {
    expect(translator(ptBR, 'pt-BR')('chat.has', { count: 0 })).toBe('0 conversa')
    expect(translator(en, 'en')('chat.has', { count: 0 })).toBe('0 conversations')
    expect(translator(en, 'en')('chat.has', { count: 1 })).toBe('1 conversation')
  })

  it('keeps what the server is the first to name', () => {
    expect(worded(translator(en, 'en'), 'words.handOff.of_a_later_release', 'plain')).toBe('plain')
  })
})

describe('times', () => {
  const { short, dayHeading, lasting, dayKey } = formats('en', 'America/Sao_Paulo')
  const now = new Date('2026-11-25T02:30:00Z') // the 24th, in São Paulo

  it('are told in the time zone of the business', () => {
    expect(dayKey(now)).toBe('2026-11-24')
    expect(short('2026-11-25T01:00:00Z', now)).toBe('10:00 PM')
  })

  it('are told by the day where that is enough', () => {
    expect(dayHeading('2026-11-25T01:00:00Z', now)).toBe('Today')
    expect(dayHeading('2026-11-23T12:00:00Z', now)).toBe('Yesterday')
    expect(short('2026-11-21T12:00:00Z', now)).toBe('Sat')
    expect(short('2026-10-01T12:00:00Z', now)).toBe('Oct 1')
  })

  it('have a year where it is another one', () => {
    const { moment } = formats('en', 'UTC')
    expect(moment('2026-03-01T10:00:00Z', now)).toBe('Mar 1, 10:00 AM')
    expect(moment('2025-03-01T10:00:00Z', now)).toBe('Mar 1, 2025, 10:00 AM')
  })

  it('last at least a minute', () => {
    expect([5_000, 130_000, 7_200_000, 200_000_000].map(lasting)).toEqual(['1m', '2m', '2h', '2d'])
  })
})

describe('a phone number', () => {
  it('is written as people write it', () => {
    expect(phoneText('5511987654321')).toBe('+55 11 98765-4321')
    expect(phoneText('+351 912 345 678')).toBe('+351912345678')
  })
})
