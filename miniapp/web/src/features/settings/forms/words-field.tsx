import { X } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Field, Input } from '@/shared/ui/fields'
import styles from './forms.module.css'

interface Props {
  label: string
  hint?: string | undefined
  words: readonly string[]
  fault: string | undefined
  onChange: (words: readonly string[]) => void
}

/** A few words: Enter or a comma adds one. */
export function WordsField({ label, hint, words, fault, onChange }: Props) {
  const { t } = useI18n()
  const [written, setWritten] = useState('')
  const add = () => {
    const word = written.trim().toLocaleLowerCase()
    if (word && !words.includes(word)) onChange([...words, word])
    setWritten('')
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ',') return
    event.preventDefault()
    add()
  }
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <div className={styles.words}>
          {words.length > 0 && (
            <ul className={styles.wordList}>
              {words.map((word) => (
                <li key={word} className={styles.word}>
                  {word}
                  <button type="button" aria-label={t('settings.removeWord', { word })} onClick={() => onChange(words.filter((one) => one !== word))}>
                    <X size={15} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Input {...control} value={written} placeholder={t('settings.addWord')} maxLength={60} onChange={(event) => setWritten(event.target.value)} onKeyDown={press} onBlur={add} />
        </div>
      )}
    </Field>
  )
}
