import { X } from 'lucide-react'
import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useBackButton } from '@/shared/telegram/use-buttons'
import { IconButton } from './button'
import styles from './sheet.module.css'

interface Props {
  title: string
  onClose: () => void
  foot?: ReactNode
  children: ReactNode
}

/** A sheet from below, a dialog on a wide screen. The browser keeps the focus in it and gives it back afterwards. */
export function Sheet({ title, onClose, foot, children }: Props) {
  const { t } = useI18n()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useBackButton(onClose)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  const closeOutside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose()
  }
  return (
    // A click beside the sheet closes it; the keyboard has Escape for that, which the browser sees to.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog ref={dialog} className={styles.sheet} aria-labelledby={id} onClose={onClose} onClick={closeOutside}>
      <header className={styles.head}>
        <h2 className={styles.title} id={id}>{title}</h2>
        <IconButton label={t('common.close')} look="soft" onClick={onClose}><X size={22} /></IconButton>
      </header>
      {children}
      {foot && <footer className={styles.foot}>{foot}</footer>}
    </dialog>
  )
}
