import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { endOf, picked } from '@/features/chat/naps'
import { SleepSheet } from '@/features/chat/sleep-sheet'
import messages from '@/locales/pt-BR/index'
import { I18nProvider } from '@/shared/i18n/i18n-provider'

const WEDNESDAY = new Date(2026, 2, 4, 10, 30)

afterEach(cleanup)

describe('the times to choose from', () => {
  it('are hours from now, tomorrow morning, and the morning of the next Monday', () => {
    expect(endOf('hour', WEDNESDAY)).toEqual(new Date(2026, 2, 4, 11, 30))
    expect(endOf('hours', WEDNESDAY)).toEqual(new Date(2026, 2, 4, 13, 30))
    expect(endOf('tomorrow', WEDNESDAY)).toEqual(new Date(2026, 2, 5, 9))
    expect(endOf('monday', WEDNESDAY)).toEqual(new Date(2026, 2, 9, 9))
  })

  it.each([[8, 9], [9, 16]])('mean by Monday never today: on the %ith of March the %ith', (day, expected) => {
    expect(endOf('monday', new Date(2026, 2, day, 8)).getDate()).toBe(expected)
  })

  it('are none while the field is empty or half written', () => {
    expect([picked(''), picked('2026-03'.repeat(3))]).toEqual([null, null])
  })
})

describe('who asks until when', () => {
  it('takes a choice at once, and a day and time of his own by the button', () => {
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true
    }
    HTMLDialogElement.prototype.close = vi.fn()
    const onPick = vi.fn()
    render(
      <I18nProvider locale="pt-BR" messages={messages}>
        <SleepSheet onPick={onPick} onClose={() => undefined} />
      </I18nProvider>,
    )
    fireEvent.click(screen.getByText('1 hora'))
    expect(onPick).toHaveBeenCalledTimes(1)
    fireEvent.change(screen.getByLabelText('Escolher dia e hora'), { target: { value: '2026-03-10T14:00' } })
    fireEvent.click(screen.getByRole('button', { name: 'Adiar' }))
    expect(onPick).toHaveBeenLastCalledWith(new Date(2026, 2, 10, 14))
  })
})
