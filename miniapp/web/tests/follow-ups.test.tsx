import { QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Bubble } from '@/features/chat/bubble'
import { FollowUps } from '@/features/lead/follow-ups'
import { FollowUpsPage } from '@/features/settings/follow-ups/follow-ups-page'
import { unsaid } from '@/features/settings/follow-ups/unsaid'
import { faultText } from '@/features/settings/forms/faults'
import messages from '@/locales/pt-BR/index'
import openapi from '../openapi.json'
import { ApiContext } from '@/shared/api/api-context'
import { ApiClient } from '@/shared/api/client'
import type { ComingFollowUp, Lead, Message } from '@/shared/api/model'
import { newQueryClient } from '@/shared/api/query-client'
import { Session } from '@/shared/api/session'
import { formats } from '@/shared/i18n/formats'
import { I18nProvider } from '@/shared/i18n/i18n-provider'
import { translator } from '@/shared/i18n/translate'
import { json, problem, server, type Asked } from './answers'

const COMING: ComingFollowUp = {
  id: 'f1', lead_id: 'l1', lead_name: 'Ana', conversation_id: 'c1', channel: 'zapi', step: 2, kind: 'text', silent_since: '2026-03-04T12:00:00Z',
  due_at: '2999-03-05T12:10:00Z', leave_at: null, is_leaving: false, text: 'Oi, Ana!', hold: null, refusal: null,
}
const STEP = { step: 1, under_way: 0, sent: 4, answered: 1, opted_out: 0, held: [{ reason: 'template', count: 2 }], cancelled: [{ reason: 'answered', count: 1 }], failed: [] }
const PREVIEW = { is_on: true, ai_answers: true, next_run_at: '2999-03-05T12:17:00Z', items: [COMING], next_cursor: null }
const lead = { id: 'l1', name: 'Ana', phone: null } as unknown as Lead

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }))
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true
  }
  HTMLDialogElement.prototype.close = () => undefined
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

/** The page in front of somebody whose server answers so. */
function show(page: React.ReactNode, answer: (asked: Asked) => Response): Asked[] {
  const { fetch, asked } = server(answer)
  const session = new Session({ read: () => null, write: () => undefined }, fetch)
  session.adopt({ access_token: 'a', refresh_token: 'r' })
  const api = new ApiClient(session, fetch)
  render(
    <QueryClientProvider client={newQueryClient()}>
      <ApiContext value={api}>
        <I18nProvider locale="pt-BR" messages={messages}>{page}</I18nProvider>
      </ApiContext>
    </QueryClientProvider>,
  )
  return asked
}

const answers = (asked: Asked) => json(asked.url.includes('/results') ? { days: 30, steps: [STEP] } : PREVIEW)

describe('the page of follow-ups', () => {
  it('tells what came of each step, and what was not said and why', async () => {
    show(<FollowUpsPage onBack={() => undefined} />, answers)
    expect(await screen.findByText('1 (25 %)')).toBeTruthy()
    expect(screen.getByText('2 retidas')).toBeTruthy()
    expect(screen.getByText('O lead escreveu')).toBeTruthy()
  })

  it('stops one when whoever asked for it says so again', async () => {
    const asked = show(<FollowUpsPage onBack={() => undefined} />, (one) => (one.method === 'POST' ? new Response(null, { status: 204 }) : answers(one)))
    fireEvent.click(await screen.findByRole('button', { name: 'Cancelar retomada: Ana' }))
    expect(asked.filter((one) => one.method === 'POST')).toEqual([])
    fireEvent.click(screen.getByRole('button', { name: 'Cancelar retomada' }))
    await waitFor(() => expect(asked.filter((one) => one.method === 'POST').map((one) => one.url)).toEqual([expect.stringContaining('/follow-ups/f1/cancel')]))
  })

  it('says why nobody is there while it is off', async () => {
    show(<FollowUpsPage onBack={() => undefined} />, (one) => json(one.url.includes('/results') ? { days: 30, steps: [] } : { ...PREVIEW, is_on: false, items: [] }))
    expect(await screen.findByText('As retomadas estão desligadas: ninguém recebe nada.')).toBeTruthy()
    expect(await screen.findByText('Nada neste período.')).toBeTruthy()
  })

  it('says what could not be loaded', async () => {
    show(<FollowUpsPage onBack={() => undefined} />, () => problem(400, 'invalid_input'))
    expect(await screen.findByText('Não deu para carregar')).toBeTruthy()
  })
})

describe('who is to come', () => {
  it('is asked for by part', async () => {
    const asked = show(<FollowUpsPage onBack={() => undefined} />, answers)
    fireEvent.click(await screen.findByRole('radio', { name: 'Próxima rodada' }))
    await waitFor(() => expect(asked.filter((one) => one.url.includes('part=next_run'))).toHaveLength(1))
  })
})

describe('a message that nobody asked for', () => {
  const message = { id: 'm1', seq: 3, direction: 'out', author: 'ai', purpose: 'follow_up', type: 'text', text: 'Ainda posso ajudar?', status: 'sent', at: '2026-03-04T12:00:00Z' }

  it.each([['follow_up', 1], ['answer', 0]])('is marked as such: %s', (purpose, marks) => {
    show(<Bubble message={{ ...message, purpose } as unknown as Message} isFirst={false} isLast />, answers)
    expect(screen.queryAllByText('Retomada')).toHaveLength(marks)
  })
})

describe('a lead’s follow-ups', () => {
  it.each([
    [{}, /Próxima: passo 2, 5 de mar\. de 2999/],
    [{ due_at: '2000-01-01T00:00:00Z' }, /Próxima: passo 2, na próxima hora/],
    [{ hold: 'template' as const }, 'Ainda não é possível enviar modelos'],
    [{ refusal: 'person' as const, text: null }, 'Está com a equipe'],
    [{ is_leaving: true }, 'Passo 2 saindo agora'],
  ])('say what is next: %j', async (more, words) => {
    show(<FollowUps lead={lead} />, () => json({ coming: { ...COMING, ...more }, past: [] }))
    expect(await screen.findByText(words)).toBeTruthy()
  })

  it('say why one was not sent', async () => {
    const past = { id: 'f0', step: 1, kind: 'text', state: 'cancelled', reason: 'stopped', due_at: COMING.due_at, sent_at: null, answered_at: null, conversation_id: 'c1' }
    show(<FollowUps lead={lead} />, () => json({ coming: null, past: [past] }))
    expect(await screen.findByText('Alguém da equipe cancelou')).toBeTruthy()
    expect(screen.getByText('Cancelada')).toBeTruthy()
  })
})

describe('the words', () => {
  it('are there for every reason that the API tells', () => {
    const { Refusal, StepHold } = openapi.components.schemas
    const known = Object.keys(messages.words.followUp.reason)
    expect([...Refusal.enum, ...StepHold.enum].filter((reason) => !known.includes(reason))).toEqual([])
  })

  it('name today and tomorrow', () => {
    const { ahead } = formats('pt-BR', 'UTC')
    const now = new Date('2026-03-04T12:00:00Z')
    expect([ahead('2026-03-04T23:00:00Z', now), ahead('2026-03-05T09:10:00Z', now), ahead('2026-03-06T09:10:00Z', now)]).toEqual([
      'hoje 23:00', 'amanhã 09:10', '6 de mar., 09:10',
    ])
  })

  it('name the step and the variable that there is not', () => {
    expect(faultText(translator(messages, 'pt-BR'), 'step 2: has a variable that there is not: {name}')).toBe(
      'Passo 2: Não existe a variável {name}. Há {nome} e {negocio}.',
    )
  })

  it('put what is held before what is over', () => {
    expect(unsaid([STEP]).map(({ state }) => state)).toEqual(['held', 'cancelled'])
  })
})
