import type { Translate } from '@/shared/i18n/translate'
import type { Options } from '../api/business'

export interface Choice {
  value: string
  label: string
}

interface Base {
  /** Where it is in the settings. Its label and hint are the sentences of the same name. */
  path: string
}

/** A setting as a form shows it. A new one is a line in `descriptions.ts`, and its sentences. */
export type Field = Base &
  (
    | { kind: 'text'; longest: number; isAddress?: boolean }
    | { kind: 'long'; longest: number }
    | { kind: 'number'; from: number; to: number; unit?: 'minutes' | 'seconds' | 'points' | 'percent' | 'dollars' | 'tokens' | 'days'; isWhole?: boolean }
    | { kind: 'switch' }
    | { kind: 'choice'; among: (have: Options, t: Translate) => readonly Choice[] }
    | { kind: 'several'; among: (have: Options, t: Translate) => readonly Choice[] }
    | { kind: 'words' }
    | { kind: 'hours' }
    | { kind: 'quietHours' }
    | { kind: 'days' }
    | { kind: 'steps' }
  )

export interface FieldGroup {
  /** The group's heading is the sentence of this name; without one there is none. */
  name?: string
  fields: readonly Field[]
}

export interface FormDescription {
  name: 'company' | 'hours' | 'messages' | 'ai' | 'rules' | 'followUps'
  groups: readonly FieldGroup[]
}
