import { cleanup, render, screen } from '@testing-library/react'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { AwayBanner } from '@/app/away-banner'
import { Suspended } from '@/app/gate-screens'
import en from '@/locales/en/index'
import ptBR from '@/locales/pt-BR/index'
import { MeContext } from '@/shared/api/api-context'
import type { Me } from '@/shared/api/model'
import { I18nProvider } from '@/shared/i18n/i18n-provider'

afterEach(cleanup)

const LEAVES = '2026-12-26T12:00:00Z'

function shown(element: ReactElement, locale: 'pt-BR' | 'en' = 'pt-BR') {
  const messages = locale === 'en' ? en : ptBR
  render(<I18nProvider locale={locale} messages={messages} timeZone="America/Sao_Paulo">{element}</I18nProvider>)
}

describe('whose business is suspended', () => {
  it('is told so where he would come in', () => {
    shown(<Suspended leavesAt={null} />)
    screen.getByText('Sua empresa está suspensa')
    screen.getByText(/continua guardado/)
  })

  it('reads the day on which all of it goes, in his language', () => {
    shown(<Suspended leavesAt={LEAVES} />)
    screen.getByText(/^Em 26 de dez\. tudo/)
    cleanup()
    shown(<Suspended leavesAt={LEAVES} />, 'en')
    screen.getByText(/^On Dec 26 all of it/)
  })
})

describe('who works elsewhere too', () => {
  const me = (away: Me['away']) => ({ away }) as Me

  it('reads there which of his businesses are away, and which of them go', () => {
    const away = [{ id: 'a', name: 'Clínica', leaves_at: null }, { id: 'b', name: 'Salão', leaves_at: LEAVES }]
    shown(<MeContext value={me(away)}><AwayBanner /></MeContext>)
    screen.getByText('Clínica está suspensa.')
    screen.getByText('Salão está suspensa e será apagada em 26 de dez.', { exact: false })
  })

  it('reads nothing while none is', () => {
    shown(<MeContext value={me([])}><AwayBanner /></MeContext>)
    expect(document.querySelector('p')).toBeNull()
  })
})
