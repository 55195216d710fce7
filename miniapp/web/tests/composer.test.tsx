import { QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Composer } from '@/features/chat/composer'
import { Notices } from '@/features/chat/notices'
import messages from '@/locales/pt-BR/index'
import { ApiContext } from '@/shared/api/api-context'
import { ApiClient } from '@/shared/api/client'
import type { Conversation } from '@/shared/api/model'
import { newQueryClient } from '@/shared/api/query-client'
import { Session } from '@/shared/api/session'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { Toaster } from '@/shared/ui/toaster'
import { json, server } from './answers'

const HOUR = 60 * 60_000

function shown(hoursLeft: number) {
  const conversation = {
    id: 'c1',
    status: 'human',
    window_closes_at: new Date(Date.now() + hoursLeft * HOUR).toISOString(),
    can: { take: false, give_back: true, close: true, transfer: true, write: true, note: true, snooze: true },
    asleep_until: null,
    suggestion: { message_id: 'm1', text: 'Temos às 15h.' },
  } as unknown as Conversation
  const { fetch } = server(() => json({ items: [] }))
  const api = new ApiClient(new Session({ read: () => null, write: () => undefined }, fetch), fetch)
  render(
    <QueryClientProvider client={newQueryClient()}>
      <ApiContext value={api}>
        <I18nProvider locale="pt-BR" messages={messages}>
          <Toaster>
            <Notices conversation={conversation} />
            <Composer conversation={conversation} onWrite={() => undefined} />
          </Toaster>
        </I18nProvider>
      </ApiContext>
    </QueryClientProvider>,
  )
}

beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false })))
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

describe('where one writes', () => {
  it('takes words for the lead while the window is open', () => {
    shown(2)
    expect(screen.getByRole('textbox', { name: 'Mensagem' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Usar' })).toBeTruthy()
  })

  it('takes notes alone once it has closed, says why, and keeps the suggestion', () => {
    shown(-1)
    expect(screen.queryByRole('textbox', { name: 'Mensagem' })).toBeNull()
    expect(screen.getByRole('textbox', { name: 'Nota interna: só a equipe vê' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Usar' })).toBeNull()
    expect(screen.getByText('Temos às 15h.')).toBeTruthy()
    expect(screen.getByText(/A janela de 24 horas fechou.*A sugestão da IA fica guardada\./)).toBeTruthy()
  })
})
