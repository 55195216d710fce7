import type { Answer } from '@/shared/api/client'

type Result = Answer<'get', '/follow-ups/results'>['steps'][number]
type State = 'held' | 'cancelled' | 'failed'

export interface Unsaid {
  step: number
  state: State
  reason: string
  count: number
}

const STATES: readonly State[] = ['held', 'cancelled', 'failed']

/** What was not said, and why, step by step: what is held may still be done something about, so it comes first. */
export function unsaid(steps: readonly Result[]): readonly Unsaid[] {
  return steps.flatMap((one) => STATES.flatMap((state) => one[state].map(({ reason, count }) => ({ step: one.step, state, reason, count }))))
}
