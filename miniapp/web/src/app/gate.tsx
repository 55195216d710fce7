import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { MeContext, useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { hasCode, SessionOver } from '@/shared/api/problem'
import { ErrorState } from '@/shared/ui/states'
import { NobodyHere, OpenAnew, Splash, Suspended } from './gate-screens'

interface Props {
  initData: string
  /** The business that the link leads to. */
  tenantId: string | undefined
  children: ReactNode
}

/** Lets in whoever Telegram says it is, and tells everybody else what to do. */
export function Gate({ initData, tenantId, children }: Props) {
  const api = useApi()
  const [isOver, setIsOver] = useState(false)
  useEffect(() => api.session.onOver(() => setIsOver(true)), [api])

  const me = useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }) => {
      await api.session.open(initData, tenantId)
      return api.ask('get', '/me', {}, { signal })
    },
  })

  if (isOver || me.error instanceof SessionOver) return <OpenAnew reason="over" />
  if (hasCode(me.error, 'launch_used', 'launch_expired')) return <OpenAnew reason="used" />
  if (hasCode(me.error, 'launch_invalid')) return <OpenAnew reason="invalid" />
  if (hasCode(me.error, 'no_member')) return <NobodyHere />
  if (hasCode(me.error, 'tenant_suspended')) return <Suspended leavesAt={me.error.detail} />
  if (me.data) return <MeContext value={me.data}>{children}</MeContext>
  if (me.error) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />
  return <Splash />
}
