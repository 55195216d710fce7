import { createContext, use } from 'react'
import type { Changes } from './paths'

/** What was changed and is not kept yet: of all forms together, for they are one thing with one version. */
export interface Drafts {
  changes: Changes
  setChanges: (changes: Changes) => void
}

export const DraftsContext = createContext<Drafts | null>(null)

export function useDrafts(): Drafts {
  const drafts = use(DraftsContext)
  if (drafts === null) throw new Error('DraftsContext is not provided here')
  return drafts
}
