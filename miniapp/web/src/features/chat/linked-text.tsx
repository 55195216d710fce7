import { openLink } from '@tma.js/sdk-react'
import type { MouseEvent } from 'react'

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]])/g

/** A text with its links as such. They are opened outside the app, which stays where it is. */
export function LinkedText({ text }: { text: string }) {
  return text.split(LINK).map((part, at) =>
    at % 2 === 1 ? (
      <a key={at} href={part} target="_blank" rel="noreferrer" onClick={(event) => outside(event, part)}>{part}</a>
    ) : (
      part
    ),
  )
}

function outside(event: MouseEvent, address: string): void {
  if (openLink.ifAvailable(address).ok) event.preventDefault()
}
