import type { Answer } from '@/shared/api/client'
import type { Stage } from '@/shared/api/model'

export type Outcome = Stage['outcome']

/** A stage as it is to be. `id` tells it from the others while it has no key yet. */
export interface Planned {
  id: string
  key: string | null
  name: string
  minScore: number | null
  outcome: Outcome
}

/** Where every lead begins: this one cannot go. */
export const FIRST = 'new'

export function planOf({ stages }: Answer<'get', '/stages'>): Planned[] {
  return stages.map(({ key, name, min_score, outcome }) => ({ id: key, key, name, minScore: min_score, outcome }))
}

/** The stages with this one moved to another place. */
export function moved(plan: readonly Planned[], from: number, to: number): Planned[] {
  const made = [...plan]
  const [taken] = made.splice(from, 1)
  if (taken) made.splice(to, 0, taken)
  return made
}

/** Without the stages that are removed, their leads would be nowhere: each says where they go. */
export type Moves = Readonly<Record<string, string>>

export function bodyOf(plan: readonly Planned[], moves: Moves) {
  return {
    stages: plan.map(({ key, name, minScore, outcome }) => ({
      key,
      name: name.trim(),
      min_score: outcome === 'open' ? minScore : null,
      outcome,
    })),
    moves,
  }
}
