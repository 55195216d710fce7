import { miniApp } from '@tma.js/sdk-react'
import { DoorOpen, MessagesSquare, PauseCircle, RotateCw } from 'lucide-react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { EmptyState, Spinner } from '@/shared/ui/states'
import styles from './gate-screens.module.css'

/** In a browser, where nobody says who it is. */
export function Outside() {
  const { t } = useI18n()
  return <EmptyState icon={<MessagesSquare size={36} />} title={t('gate.outside.title')} text={t('gate.outside.text')} />
}

/** A launch opens one session; when that is over, another launch is needed. */
export function OpenAnew({ reason }: { reason: 'over' | 'used' | 'invalid' }) {
  const { t } = useI18n()
  return (
    <EmptyState
      icon={<RotateCw size={34} />}
      title={t(`gate.${reason}.title`)}
      text={t(`gate.${reason}.text`)}
      action={<Button look="filled" onClick={() => void miniApp.close.ifAvailable()}>{t('gate.close')}</Button>}
    />
  )
}

/** Telegram says who it is, and no business says that he works there. */
export function NobodyHere() {
  const { t } = useI18n()
  return <EmptyState icon={<DoorOpen size={36} />} title={t('gate.nobody.title')} text={t('gate.nobody.text')} />
}

/** The business he works in is suspended: until whoever operates the installation lets it go on, or until all of it is deleted. */
export function Suspended({ leavesAt }: { leavesAt: string | null }) {
  const { t, format } = useI18n()
  const text = leavesAt === null ? t('gate.suspended.text') : t('gate.suspended.leaving', { day: format.day(leavesAt) })
  return <EmptyState icon={<PauseCircle size={36} />} title={t('gate.suspended.title')} text={text} />
}

/** The link is of a business in which he is nobody; he is in his own. */
export function ElsewhereLink({ tenant, onGoOn }: { tenant: string; onGoOn: () => void }) {
  const { t } = useI18n()
  return (
    <EmptyState
      icon={<DoorOpen size={36} />}
      title={t('gate.elsewhere.title')}
      text={t('gate.elsewhere.text')}
      action={<Button look="filled" onClick={onGoOn}>{t('gate.elsewhere.goOn', { tenant })}</Button>}
    />
  )
}

export function Splash() {
  return <div className={styles.splash}><Spinner /></div>
}
