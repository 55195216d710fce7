import { createContext, use } from 'react'

export interface Toast {
  text: string
  tone?: 'plain' | 'bad'
  /** What can still be done about it, as undo. */
  action?: { label: string; onClick: () => void }
}

export const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Says something in passing. */
export function useToast(): (toast: Toast) => void {
  return use(ToastContext)
}
