import { Search, X } from 'lucide-react'
import { useRef } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import styles from './fields.module.css'

export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useI18n()
  const input = useRef<HTMLInputElement>(null)
  const clear = () => {
    onChange('')
    input.current?.focus()
  }
  return (
    <div className={styles.search} role="search">
      <Search size={19} aria-hidden />
      <input
        ref={input}
        type="search"
        enterKeyHint="search"
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        className={styles.input}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {value && (
        <button type="button" className={styles.clear} aria-label={t('common.clear')} onClick={clear}>
          <X size={18} aria-hidden />
        </button>
      )}
    </div>
  )
}
