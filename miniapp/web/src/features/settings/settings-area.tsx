import { Settings2 } from 'lucide-react'
import { Suspense, useMemo, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useBackButton } from '@/shared/telegram/use-buttons'
import { EmptyState, SkeletonRows } from '@/shared/ui/states'
import { useIsWide } from '@/shared/ui/use-is-wide'
import { DraftsContext } from './forms/drafts'
import type { Changes } from './forms/paths'
import { Home } from './home'
import { placeGroups } from './places'
import styles from './settings.module.css'

/** The list of all that can be set and, beside it on a wide screen or over it on a phone, what was chosen. */
export function SettingsArea() {
  const { role } = useMe()
  const isWide = useIsWide()
  const [, navigate] = useLocation()
  const [isDeep, chosen] = useRoute('/settings/:name')
  const [changes, setChanges] = useState<Changes>({})
  const drafts = useMemo(() => ({ changes, setChanges }), [changes])
  const own = placeGroups.map((group) => ({ ...group, places: group.places.filter((place) => place.roles?.includes(role) ?? true) }))
  const open = isDeep ? own.flatMap((group) => group.places).find((place) => place.name === chosen.name) : undefined
  const goBack = () => navigate('/settings', { replace: true })
  useBackButton(open && !isWide ? goBack : null)
  return (
    <DraftsContext value={drafts}>
      <div className={styles.area} data-open={open !== undefined}>
        <div className={styles.list} inert={open !== undefined && !isWide}>
          <Home groups={own} openName={open?.name} />
        </div>
        {(open ?? isWide) && <div className={styles.detail}><Suspense fallback={<SkeletonRows />}>{open ? <open.page key={open.name} onBack={goBack} /> : <NothingOpen />}</Suspense></div>}
      </div>
    </DraftsContext>
  )
}

function NothingOpen() {
  const { t } = useI18n()
  return <EmptyState icon={<Settings2 size={36} />} title={t('settings.pick')} text={t('settings.pickText')} />
}
