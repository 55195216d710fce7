import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { useApi } from '@/shared/api/api-context'
import { LiveConnection, type LiveStatus } from './live-connection'
import { LiveStatusContext, type LiveEffect } from './live-context'

interface Props {
  effects: readonly LiveEffect[]
  children: ReactNode
}

/** Keeps what is remembered true, as long as it is on the screen. `effects` is one and the same list at every render. */
export function LiveProvider({ effects, children }: Props) {
  const api = useApi()
  const client = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>('connecting')

  useEffect(() => {
    const connection = new LiveConnection(api, {
      onChanges: (changes) => effects.forEach((effect) => effect(changes, client, api)),
      onReset: () => void client.invalidateQueries(),
      onStatus: setStatus,
    })
    const hurry = () => {
      if (document.visibilityState === 'visible') connection.hurry()
    }
    window.addEventListener('online', hurry)
    document.addEventListener('visibilitychange', hurry)
    void connection.run()
    return () => {
      window.removeEventListener('online', hurry)
      document.removeEventListener('visibilitychange', hurry)
      connection.stop()
    }
  }, [api, client, effects])

  return <LiveStatusContext value={status}>{children}</LiveStatusContext>
}
