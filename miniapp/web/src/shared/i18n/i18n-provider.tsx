import { useEffect, useMemo, type ReactNode } from 'react'
import type { Messages } from '@/locales/messages'
import { formats } from './formats'
import { I18nContext } from './i18n-context'
import type { Locale } from './locales'
import { translator } from './translate'

interface Props {
  locale: Locale
  messages: Messages
  timeZone?: string | undefined
  children: ReactNode
}

export function I18nProvider({ locale, messages, timeZone, children }: Props) {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const i18n = useMemo(
    () => ({ locale, t: translator(messages, locale), format: formats(locale, zone) }),
    [locale, messages, zone],
  )
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  return <I18nContext value={i18n}>{children}</I18nContext>
}
