import type { Messages } from '@/locales/messages'

/** The languages there are; the first is what one gets who speaks none of them. */
export const LOCALES = ['pt-BR', 'en'] as const
export type Locale = (typeof LOCALES)[number]

const loaders: Record<Locale, () => Promise<{ default: Messages }>> = {
  'pt-BR': () => import('@/locales/pt-BR/index'),
  en: () => import('@/locales/en/index'),
}

/** The language to show to whoever speaks `language` (`pt-br`, `en`, …). */
export function localeFor(language: string | undefined): Locale {
  const spoken = (language ?? '').toLowerCase().split(/[-_]/)[0] ?? ''
  if (spoken === '' || spoken === 'pt') return 'pt-BR'
  return 'en'
}

/** Only the language that is spoken is loaded. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return (await loaders[locale]()).default
}
