import { Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { IconButton } from '@/shared/ui/button'
import { Section } from '@/shared/ui/section'
import { FactsSheet } from './facts-sheet'
import styles from './lead.module.css'

/** What the AI and the team have gathered. */
export function Facts({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Section
      title={t('lead.facts')}
      action={
        <IconButton label={t('lead.editFacts')} className={styles.edit} onClick={() => setIsOpen(true)}>
          {lead.facts.length > 0 ? <Pencil size={17} /> : <Plus size={19} />}
        </IconButton>
      }
    >
      {lead.facts.length > 0 ? (
        <dl className={styles.facts}>
          {lead.facts.map((fact) => (
            <div key={fact.key} className={styles.fact}>
              <dt className={styles.factKey}>{fact.key}</dt>
              <dd className={styles.factValue}>{fact.value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className={styles.nonePadded}>{t('lead.noFacts')}</p>
      )}
      {isOpen && <FactsSheet lead={lead} onClose={() => setIsOpen(false)} />}
    </Section>
  )
}
