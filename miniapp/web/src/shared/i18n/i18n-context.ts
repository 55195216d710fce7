import { createContext, use } from 'react'
import type { Formats } from './formats'
import type { Translate } from './translate'

export interface I18n {
  locale: string
  t: Translate
  format: Formats
}

export const I18nContext = createContext<I18n | null>(null)

export function useI18n(): I18n {
  const value = use(I18nContext)
  if (value === null) throw new Error('I18nContext is not provided here')
  return value
}
