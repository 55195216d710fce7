import { Accessibility, KeyboardSensor, PointerActivationConstraints, PointerSensor, StyleInjector } from '@dnd-kit/dom'
import { DragDropProvider, type DragEndEvent, type DragOverEvent, type DragStartEvent } from '@dnd-kit/react'
import type { ComponentProps } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'

/** A finger that rests drags; one that moves at once scrolls. A mouse that moves a little drags, and else it clicks. */
const pointer = PointerSensor.configure({
  activationConstraints: ({ pointerType }) =>
    pointerType === 'touch'
      ? [new PointerActivationConstraints.Delay({ value: 220, tolerance: 6 })]
      : [new PointerActivationConstraints.Distance({ value: 5 })],
})
/** Enter opens what has the focus, so the space bar lifts it. */
const keyboard = KeyboardSensor.configure({
  keyboardCodes: {
    start: ['Space'],
    cancel: ['Escape'],
    end: ['Space', 'Enter', 'Tab'],
    up: ['ArrowUp'],
    down: ['ArrowDown'],
    left: ['ArrowLeft'],
    right: ['ArrowRight'],
  },
})

interface Props extends Omit<ComponentProps<typeof DragDropProvider>, 'plugins' | 'sensors'> {
  /** What is read out of a thing, by its id: as it is lifted, and over what it is. */
  nameOf: (id: string) => string
}

/** Where things are dragged: by touch, mouse and keyboard. What it adds to the styles the page's policy lets in by a nonce. */
export function DragArea({ nameOf, ...rest }: Props) {
  const { t } = useI18n()
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.nonce ?? ''
  const named = (thing: { id: string | number } | null | undefined) => (thing ? nameOf(String(thing.id)) : '')
  const voice = Accessibility.configure({
    screenReaderInstructions: { draggable: t('common.dragHelp') },
    announcements: {
      dragstart: ({ operation }: DragStartEvent) => t('common.lifted', { name: named(operation.source) }),
      dragover: ({ operation }: DragOverEvent) => (operation.target ? t('common.over', { name: named(operation.source), place: named(operation.target) }) : undefined),
      dragend: ({ operation, canceled }: DragEndEvent) =>
        canceled || !operation.target ? t('common.putBack', { name: named(operation.source) }) : t('common.put', { name: named(operation.source), place: named(operation.target) }),
    },
  })
  return (
    <DragDropProvider
      {...rest}
      sensors={[pointer, keyboard]}
      plugins={(usual) => [...usual, StyleInjector.configure({ nonce }), voice]}
    />
  )
}
