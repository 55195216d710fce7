import type { ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Sheet } from '@/shared/ui/sheet'
import styles from './settings.module.css'

interface Props {
  title: string
  text: string
  /** What the button does, in its words. */
  doing: string
  isBusy?: boolean
  canDo?: boolean
  onDo: () => void
  onClose: () => void
  children?: ReactNode
}

/** Asks before something that cannot be undone. */
export function ConfirmSheet({ title, text, doing, isBusy = false, canDo = true, onDo, onClose, children }: Props) {
  const { t } = useI18n()
  return (
    <Sheet
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" isBusy={isBusy} disabled={!canDo} onClick={onDo}>{doing}</Button>
        </>
      }
    >
      <div className={styles.sheetBody}>
        <p>{text}</p>
        {children}
      </div>
    </Sheet>
  )
}
