import { useQuery } from '@tanstack/react-query'
import { useMe } from '@/shared/api/api-context'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { loadMessages, localeFor } from '@/shared/i18n/locales'
import { LiveProvider } from '@/shared/live/live-provider'
import { Splash } from './gate-screens'
import { liveEffects } from './live-effects'
import { Shell } from './shell'
import { useStartPlace } from './use-start-place'

/** The app as who is signed in has it: his language, his business's time zone, and what changes there. */
export function SignedIn({ startParam }: { startParam: string | undefined }) {
  const me = useMe()
  const locale = localeFor(me.language)
  const messages = useQuery({ queryKey: ['language', locale], queryFn: () => loadMessages(locale), gcTime: Infinity })
  useStartPlace(startParam)
  if (messages.data === undefined) return <Splash />
  return (
    <I18nProvider locale={locale} messages={messages.data} timeZone={me.timezone}>
      <LiveProvider key={me.session_id} effects={liveEffects}>
        <Shell />
      </LiveProvider>
    </I18nProvider>
  )
}
