import { StyleInjector } from '@dnd-kit/dom'
import { DragDropProvider } from '@dnd-kit/react'
import type { ComponentProps } from 'react'

/** Where things are dragged: by touch, mouse and keyboard. What it adds to the styles the page's policy lets in by a nonce. */
export function DragArea(props: Omit<ComponentProps<typeof DragDropProvider>, 'plugins'>) {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.nonce ?? ''
  return <DragDropProvider {...props} plugins={(usual) => [...usual, StyleInjector.configure({ nonce })]} />
}
