import { QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import messages from '@/locales/pt-BR/index'
import { ApiContext } from '@/shared/api/api-context'
import { ApiClient } from '@/shared/api/client'
import { newQueryClient } from '@/shared/api/query-client'
import { Session } from '@/shared/api/session'
import { HoldRow } from '@/shared/domain/hold-row'
import { HoldSheet, endOf } from '@/shared/domain/hold-sheet'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { ToastContext } from '@/shared/ui/toast-context'
import { json, server } from './answers'

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true
}
HTMLDialogElement.prototype.close = vi.fn()
vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }))
afterEach(cleanup)

const hold = { id: 'h1', lead_id: 'l1', lead: 'Ana', reason: 'processo', until: null, placed_by: 'member:m1', placed_by_name: 'Bia', placed_at: '2026-03-04T12:00:00Z' }

function shown(element: ReactElement) {
  const { fetch, asked } = server(({ url }) => json(url.endsWith('/session/refresh') ? { access_token: 'a', refresh_token: 'r', expires_in: 600 } : { id: 'h1' }))
  const api = new ApiClient(new Session({ read: () => 'r', write: () => undefined }, fetch), fetch)
  const toast = vi.fn()
  render(
    <QueryClientProvider client={newQueryClient()}>
      <ApiContext value={api}>
        <I18nProvider locale="pt-BR" messages={messages}>
          <ToastContext value={toast}>{element}</ToastContext>
        </I18nProvider>
      </ApiContext>
    </QueryClientProvider>,
  )
  return { asked: () => asked.filter(({ url }) => url.includes('/holds')), toast }
}

const save = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Salvar', hidden: true })

describe('whoever places a hold', () => {
  it('gives a reason first, and is not taken at a day that is over', () => {
    shown(<HoldSheet leadId="l1" onClose={() => undefined} />)
    expect(save().disabled).toBe(true)
    fireEvent.change(screen.getByLabelText('Motivo'), { target: { value: ' ' } })
    expect(save().disabled).toBe(true)
    fireEvent.change(screen.getByLabelText('Motivo'), { target: { value: 'processo' } })
    expect(save().disabled).toBe(false)
    fireEvent.change(screen.getByLabelText('Até o fim do dia'), { target: { value: '2020-01-01' } })
    expect(save().disabled).toBe(true)
    expect(screen.getByRole('alert', { hidden: true }).textContent).toBe('Esse dia já passou.')
  })

  it('chooses whom it keeps before it can be placed', () => {
    shown(<HoldSheet leadId={undefined} onClose={() => undefined} />)
    fireEvent.change(screen.getByLabelText('Motivo'), { target: { value: 'processo' } })
    expect(save().disabled).toBe(true)
  })

  it.each([['l1'], [null]])('has it kept for %j, and is told', async (leadId) => {
    const onClose = vi.fn()
    const { asked, toast } = shown(<HoldSheet leadId={leadId} onClose={onClose} />)
    fireEvent.change(screen.getByLabelText('Motivo'), { target: { value: ' processo ' } })
    fireEvent.click(save())
    await waitFor(() => expect(onClose).toHaveBeenCalled())
    expect(asked()[0]?.body).toEqual({ lead_id: leadId, reason: 'processo', until: null })
    expect(toast).toHaveBeenCalledWith({ text: 'Retido' })
  })
})

describe('the end of a hold', () => {
  it('is the last moment of the day, and none where no day is chosen', () => {
    expect(endOf('2026-03-10')).toEqual(new Date(2026, 2, 10, 23, 59, 59, 999))
    expect(endOf('')).toBeNull()
  })
})

describe('a hold that stands', () => {
  it('says why, who placed it and how long, and is lifted after a question', async () => {
    const { asked, toast } = shown(<HoldRow hold={hold} subject="Ana" />)
    screen.getByText('processo')
    screen.getByText(/^Bia, /)
    screen.getByText('Sem data para acabar')
    fireEvent.click(screen.getByRole('button', { name: 'Encerrar a retenção' }))
    expect(asked()).toEqual([])
    fireEvent.click(screen.getByRole('button', { name: 'Encerrar', hidden: true }))
    await waitFor(() => expect(toast).toHaveBeenCalledWith({ text: 'Retenção encerrada' }))
    expect(asked()[0]?.url).toContain('/holds/h1/lift')
  })

  it('names nobody of the team where an operator placed it', () => {
    shown(<HoldRow hold={{ ...hold, placed_by: 'operator', placed_by_name: null, until: '2027-01-01T00:00:00Z' }} subject="Ana" />)
    screen.getByText(/^Quem opera a instalação, /)
    screen.getByText(/^Até /)
  })
})
