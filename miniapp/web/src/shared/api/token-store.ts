import type { TokenStore } from './session'

const KEY = 'reveza.refresh'

interface Kept {
  launch: string
  refresh: string
}

/**
 * The tab's session storage. What another launch has left there is of no use: whoever opened the app then may be
 * somebody else.
 */
export function sessionTokenStore(launch: string, storage: Storage = sessionStorage): TokenStore {
  return {
    read: () => {
      const kept = parsed(storage.getItem(KEY))
      return kept?.launch === launch ? kept.refresh : null
    },
    write: (refresh) => {
      if (refresh === null) storage.removeItem(KEY)
      else storage.setItem(KEY, JSON.stringify({ launch, refresh } satisfies Kept))
    },
  }
}

function parsed(text: string | null): Kept | null {
  try {
    return text === null ? null : (JSON.parse(text) as Kept)
  } catch {
    return null
  }
}
