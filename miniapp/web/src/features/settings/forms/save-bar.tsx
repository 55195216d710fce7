import { useI18n } from '@/shared/i18n/i18n-context'
import { useClosingConfirmation, useMainButton } from '@/shared/telegram/use-buttons'
import { Button } from '@/shared/ui/button'
import { useIsWide } from '@/shared/ui/use-is-wide'
import styles from './forms.module.css'

interface Props {
  isBusy: boolean
  onSave: () => void
  onDrop: () => void
}

/** The ways out of a changed form: on a phone Telegram's main button keeps it, elsewhere a bar does; either can be dropped. */
export function SaveBar({ isBusy, onSave, onDrop }: Props) {
  const { t } = useI18n()
  const isWide = useIsWide()
  useClosingConfirmation(true)
  useMainButton(isWide ? null : { text: t('common.save'), isEnabled: true, isBusy, onClick: onSave })
  return (
    <div className={styles.bar} role="region" aria-label={t('settings.unsaved')}>
      <span>{t('settings.unsaved')}</span>
      <Button look="quiet" isSmall onClick={onDrop}>{t('settings.drop')}</Button>
      <Button look="filled" isSmall isBusy={isBusy} onClick={onSave}>{t('common.save')}</Button>
    </div>
  )
}
