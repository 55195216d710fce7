import { describe, expect, it } from 'vitest'
import { contrast, parseColour, type Rgb } from '@/shared/telegram/colour'
import { paletteOf } from '@/shared/telegram/palette'
import { placeOf } from '@/shared/telegram/start-param'

const ID = '0192f0c4-1111-7abc-8def-0123456789ab'

describe('a link from Telegram', () => {
  it('leads to a lead or to a conversation, with or without the dashes of its id', () => {
    expect(placeOf(`lead_${ID}`)).toEqual({ path: `/leads/${ID}`, tenantId: undefined })
    expect(placeOf(`lead_${ID.replaceAll('-', '')}`)?.path).toBe(`/leads/${ID}`)
    expect(placeOf(`chat_${ID}`)?.path).toBe(`/chats/${ID}`)
  })

  it('names the business whose it is', () => {
    const business = '0192f0c4-2222-7abc-8def-0123456789ab'
    expect(placeOf(`lead_${ID.replaceAll('-', '')}_${business.replaceAll('-', '')}`)).toEqual({ path: `/leads/${ID}`, tenantId: business })
  })

  it('of another making leads nowhere', () => {
    for (const param of [undefined, '', 'lead_', 'lead_../settings', `else_${ID}`, `lead_${ID}_else`]) expect(placeOf(param)).toBeNull()
  })
})

const THEMES = {
  'iOS, day': { bg_color: '#ffffff', secondary_bg_color: '#efeff4', text_color: '#000000', hint_color: '#8e8e93', button_color: '#007aff', destructive_text_color: '#ff3b30' },
  'Android, night': { bg_color: '#17212b', secondary_bg_color: '#232e3c', text_color: '#f5f5f5', hint_color: '#708499', button_color: '#5288c1', accent_text_color: '#6ab2f2' },
  'desktop, tinted': { bg_color: '#282e33', secondary_bg_color: '#313b43', text_color: '#ffffff', hint_color: '#82868a', button_color: '#3fc1b0' },
  'by somebody with odd taste': { bg_color: '#ffe4ee', secondary_bg_color: '#ffd1e1', text_color: '#d98cab', hint_color: '#eeb2cb', button_color: '#ffef9e' },
}

describe('a palette', () => {
  const colour = (colours: Readonly<Record<string, string>>, name: string): Rgb => {
    const found = parseColour(colours[name])
    if (found === null) throw new Error(`no colour ${name}`)
    return found
  }

  it.each(Object.entries(THEMES))('can be read: %s', (_name, theme) => {
    const { colours } = paletteOf(theme) ?? { colours: {} }
    for (const ground of ['ground', 'surface', 'tint']) {
      for (const text of ['ink', 'soft', 'accent', 'danger']) {
        expect(contrast(colour(colours, text), colour(colours, ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.45)
      }
    }
    expect(contrast(colour(colours, 'on-filled'), colour(colours, 'filled'))).toBeGreaterThanOrEqual(4.45)
  })

  it('knows night from day', () => {
    expect(paletteOf(THEMES['Android, night'])?.isDark).toBe(true)
    expect(paletteOf(THEMES['iOS, day'])?.isDark).toBe(false)
  })

  it('is none without a background', () => {
    expect(paletteOf({})).toBeNull()
  })
})
