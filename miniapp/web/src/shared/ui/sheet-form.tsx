import { useId, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useMainButton } from '@/shared/telegram/use-buttons'
import { Button } from './button'
import styles from './sheet.module.css'
import { Sheet } from './sheet'
import { useIsWide } from './use-is-wide'

interface Props {
  title: string
  canSave: boolean
  isBusy?: boolean
  onSave: () => void
  onClose: () => void
  children: ReactNode
}

/** A sheet with fields. On a phone Telegram's main button saves, which stays above the keyboard; elsewhere our own. */
export function SheetForm({ title, canSave, isBusy = false, onSave, onClose, children }: Props) {
  const { t } = useI18n()
  const id = useId()
  const isWide = useIsWide()
  const save = () => {
    if (canSave && !isBusy) onSave()
  }
  const button = { text: t('common.save'), isEnabled: canSave, isBusy, onClick: save }
  const isTelegrams = useMainButton(isWide ? null : button)
  const foot = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button look="filled" type="submit" form={id} disabled={!canSave} isBusy={isBusy}>{t('common.save')}</Button>
    </>
  )
  return (
    <Sheet title={title} onClose={onClose} foot={!isTelegrams && foot}>
      <form
        id={id}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        {children}
      </form>
    </Sheet>
  )
}
