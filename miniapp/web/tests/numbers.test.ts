import { describe, expect, it } from 'vitest'
import { roundUp, seconds, share } from '@/features/dashboard/numbers'

describe('figures', () => {
  it('are a share of the whole, of nothing too', () => {
    expect([share(1, 3, 'en'), share(0, 0, 'en')]).toEqual(['33%', '0%'])
  })

  it('tell a time in the unit that says something', () => {
    expect([seconds(45, 'en'), seconds(600, 'en'), seconds(9000, 'en')]).toEqual(['45 sec', '10 min', '2.5 hr'])
  })

  it('end a scale at a round number that is no less', () => {
    expect([0, 4, 7, 16, 26, 101].map(roundUp)).toEqual([4, 4, 10, 20, 50, 200])
  })
})
