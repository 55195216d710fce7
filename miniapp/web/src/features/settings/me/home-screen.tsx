import { Smartphone } from 'lucide-react'
import { useCallback } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useHomeScreen } from '@/shared/telegram/use-home-screen'
import { Row } from '@/shared/ui/section'
import { useToast } from '@/shared/ui/toast-context'
import styles from '../settings.module.css'

/** Puts the app on the phone's home screen, where it is not there already and Telegram can. */
export function HomeScreenRow() {
  const { t } = useI18n()
  const toast = useToast()
  const tell = useCallback(
    (isAdded: boolean) => toast({ text: t(isAdded ? 'settings.homeScreen.added' : 'settings.homeScreen.failed') }),
    [t, toast],
  )
  const home = useHomeScreen(tell)
  if (home === null || home.status === 'added') return null
  return (
    <Row
      start={<span className={styles.icon}><Smartphone size={19} /></span>}
      label={t('settings.homeScreen.add')}
      hint={t('settings.homeScreen.about')}
      onClick={home.add}
    />
  )
}
