import { UserRound } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import styles from './avatar.module.css'

interface Props {
  name: string | null
  /** What the colour is made from: the same person has the same everywhere. */
  id: string
  size?: number
  mark?: ReactNode
}

/** A person, by initials. Beside a name it says nothing more, so it is not read out. */
export function Avatar({ name, id, size = 48, mark }: Props) {
  const style = { '--hue': hueOf(id), width: size, height: size, fontSize: size * 0.38 } as CSSProperties
  const initials = initialsOf(name)
  return (
    <span className={styles.avatar} style={style} aria-hidden>
      {initials || <UserRound size={size * 0.5} />}
      {mark && <span className={styles.mark}>{mark}</span>}
    </span>
  )
}

export function initialsOf(name: string | null): string {
  const words = (name ?? '').split(/\s+/).filter((word) => /^\p{L}/u.test(word))
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return [first, last].map((word) => /^./u.exec(word ?? '')?.[0] ?? '').join('').toLocaleUpperCase()
}

function hueOf(id: string): number {
  let hash = 0
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash % 360
}
