import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Fact, Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button, IconButton } from '@/shared/ui/button'
import { Input } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { useChangeLead } from './api/change-lead'
import styles from './lead.module.css'

const LONGEST_KEY = 60
const LONGEST_VALUE = 500

/** What is known, corrected by hand; what is left without a name or a value is left out. */
export function FactsSheet({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useI18n()
  const change = useChangeLead(lead.id)
  const [facts, setFacts] = useState<readonly Fact[]>(lead.facts.length > 0 ? lead.facts : [{ key: '', value: '' }])
  const put = (at: number, fact: Partial<Fact>) => setFacts(facts.map((old, index) => (index === at ? { ...old, ...fact } : old)))
  const whole = facts
    .map((fact) => ({ key: fact.key.trim(), value: fact.value.trim() }))
    .filter((fact) => fact.key !== '' && fact.value !== '')
  return (
    <SheetForm
      title={t('lead.facts')}
      canSave
      onClose={onClose}
      onSave={() => {
        change.mutate({ facts: whole })
        onClose()
      }}
    >
      <ul className={styles.factRows}>
        {facts.map((fact, at) => (
          <li key={at} className={styles.factRow}>
            <Input
              aria-label={t('lead.factKey')}
              placeholder={t('lead.factKey')}
              maxLength={LONGEST_KEY}
              value={fact.key}
              onChange={(event) => put(at, { key: event.target.value })}
            />
            <Input
              aria-label={t('lead.factValue')}
              placeholder={t('lead.factValue')}
              maxLength={LONGEST_VALUE}
              value={fact.value}
              onChange={(event) => put(at, { value: event.target.value })}
            />
            <IconButton label={t('common.remove')} look="soft" onClick={() => setFacts(facts.filter((_, index) => index !== at))}>
              <Trash2 size={18} />
            </IconButton>
          </li>
        ))}
      </ul>
      <Button look="quiet" icon={<Plus size={18} />} onClick={() => setFacts([...facts, { key: '', value: '' }])}>{t('common.add')}</Button>
    </SheetForm>
  )
}
