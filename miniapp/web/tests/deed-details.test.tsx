import { QueryClientProvider } from '@tanstack/react-query'
import { renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { describe, expect, it } from 'vitest'
import { useDeedDetails } from '@/features/settings/oversight/deed-details'
import messages from '@/locales/pt-BR/index'
import { ApiContext } from '@/shared/api/api-context'
import { ApiClient } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { newQueryClient } from '@/shared/api/query-client'
import { Session } from '@/shared/api/session'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { json, server } from './answers'

const client = newQueryClient()
client.setQueryData(keys.stages, { stages: [{ key: 'new', name: 'Novo' }, { key: 'won', name: 'Fechado' }] })
client.setQueryData(keys.team, [{ id: 'u1', name: 'Bia' }])
const { fetch } = server(() => json({}))
const api = new ApiClient(new Session({ read: () => null, write: () => undefined }, fetch), fetch)

function wrapper({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <I18nProvider locale="pt-BR" messages={messages}>{children}</I18nProvider>
      </ApiContext>
    </QueryClientProvider>
  )
}

describe('what is told of a deed', () => {
  const { result } = renderHook(() => useDeedDetails(), { wrapper })

  it.each([
    [{ before: 'new', after: 'won' }, 'De “Novo” para “Fechado”'],
    [{ to: 'u1' }, 'Bia'],
    [{ role: 'manager' }, 'Gestor'],
    [{ conversations: 3 }, '3 conversas'],
    [{ fields: 'hours, name, persona' }, 'Horário de atendimento, Nome da empresa, Como a IA fala'],
    [{ parts: 'name,tags' }, 'nome, etiquetas'],
    [{ removed: '' }, ''],
    [{ reason: 'switched' }, 'Foi para outra empresa'],
    [{ false_positive: 1 }, 'Alarme falso'],
  ])('%j is said in words', (details, words) => {
    expect(result.current(details)).toBe(words)
  })

  it('is nothing where this release knows no words for it', () => {
    expect(result.current({ shard: 7, to: 'nobody' })).toBe('')
  })
})
