import { useId, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from './button'
import styles from './sheet.module.css'
import { Sheet } from './sheet'

interface Props {
  title: string
  canSave: boolean
  isBusy?: boolean
  onSave: () => void
  onClose: () => void
  children: ReactNode
}

/** A sheet with fields, and with its two ways out. */
export function SheetForm({ title, canSave, isBusy = false, onSave, onClose, children }: Props) {
  const { t } = useI18n()
  const id = useId()
  return (
    <Sheet
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="filled" type="submit" form={id} disabled={!canSave} isBusy={isBusy}>{t('common.save')}</Button>
        </>
      }
    >
      <form
        id={id}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (canSave && !isBusy) onSave()
        }}
      >
        {children}
      </form>
    </Sheet>
  )
}
