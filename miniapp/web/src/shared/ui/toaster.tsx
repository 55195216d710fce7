import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { classNames } from './class-names'
import { ToastContext, type Toast } from './toast-context'
import styles from './toaster.module.css'

/** Long enough to read it, and to think better of what was done. */
const SHOWN = 6_000

interface Shown extends Toast {
  number: number
}

/** Shows the last thing said; it is read out too. */
export function Toaster({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Shown | null>(null)
  const place = useRef<HTMLDivElement>(null)
  const show = useCallback((next: Toast) => setToast((last) => ({ ...next, number: (last?.number ?? 0) + 1 })), [])

  useEffect(() => {
    if (toast === null) return
    // In the top layer, and anew each time, so that an open sheet does not hide it.
    if (place.current && 'showPopover' in place.current) {
      place.current.hidePopover()
      place.current.showPopover()
    }
    const timer = setTimeout(() => setToast(null), SHOWN)
    return () => clearTimeout(timer)
  }, [toast])

  return (
    <ToastContext value={show}>
      {children}
      <div ref={place} className={styles.place} role="status" aria-live="polite" popover="manual">
        {toast && (
          <div className={classNames(styles.toast, toast.tone === 'bad' && styles.bad)} key={toast.number}>
            <span className={styles.text}>{toast.text}</span>
            {toast.action && (
              <button
                type="button"
                className={styles.action}
                onClick={() => {
                  toast.action?.onClick()
                  setToast(null)
                }}
              >
                {toast.action.label}
              </button>
            )}
          </div>
        )}
      </div>
    </ToastContext>
  )
}
