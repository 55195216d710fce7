import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { Router } from 'wouter'
import type { Messages } from '@/locales/messages'
import { ApiContext } from '@/shared/api/api-context'
import { newQueryClient } from '@/shared/api/query-client'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import type { Locale } from '@/shared/i18n/locales'
import type { Launch } from '@/shared/telegram/launch'
import { placeOf } from '@/shared/telegram/start-param'
import { Toaster } from '@/shared/ui/toaster'
import { apiFor } from './beginning'
import { ErrorBoundary } from './error-boundary'
import { Gate } from './gate'
import { Outside } from './gate-screens'
import { SignedIn } from './signed-in'

const BASE = import.meta.env.BASE_URL.replace(/\/$/, '')

interface Props {
  launch: Launch | null
  locale: Locale
  messages: Messages
}

export function App({ launch, locale, messages }: Props) {
  return (
    <I18nProvider locale={locale} messages={messages}>
      <ErrorBoundary>{launch === null ? <Outside /> : <Inside launch={launch} />}</ErrorBoundary>
    </I18nProvider>
  )
}

function Inside({ launch }: { launch: Launch }) {
  const [client] = useState(newQueryClient)
  const [api] = useState(() => apiFor(launch.id))
  const link = placeOf(launch.startParam)
  return (
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <Router base={BASE}>
          <Toaster>
            <Gate initData={launch.initData} tenantId={link?.tenantId}>
              <SignedIn link={link} />
            </Gate>
          </Toaster>
        </Router>
      </ApiContext>
    </QueryClientProvider>
  )
}
