import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { loadMessages, localeFor } from '@/shared/i18n/locales'
import { LiveProvider } from '@/shared/live/live-provider'
import type { LinkPlace } from '@/shared/telegram/start-param'
import { ElsewhereLink, Splash } from './gate-screens'
import { liveEffects } from './live-effects'
import { Shell } from './shell'
import { useStartPlace } from './use-start-place'

/** The app as who is signed in has it: his language, his business's time zone, and what changes there. */
export function SignedIn({ link }: { link: LinkPlace | null }) {
  const me = useMe()
  const locale = localeFor(me.language)
  const messages = useQuery({ queryKey: ['language', locale], queryFn: () => loadMessages(locale), gcTime: Infinity })
  const isOfHere = link?.tenantId === undefined || link.tenantId === me.tenant_id
  const [isTold, setIsTold] = useState(false)
  // Elsewhere he is somebody, too, but went on to this business himself: a reload stays with him.
  const isForeign = !isOfHere && !me.tenants.some((tenant) => tenant.id === link.tenantId)
  useStartPlace(isOfHere ? (link?.path ?? null) : null)
  if (messages.data === undefined) return <Splash />
  return (
    <I18nProvider locale={locale} messages={messages.data} timeZone={me.timezone}>
      {isForeign && !isTold ? (
        <ElsewhereLink tenant={me.tenant_name} onGoOn={() => setIsTold(true)} />
      ) : (
        <LiveProvider key={me.session_id} effects={liveEffects}>
          <Shell />
        </LiveProvider>
      )}
    </I18nProvider>
  )
}
