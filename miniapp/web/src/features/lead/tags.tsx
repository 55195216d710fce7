import { Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { IconButton } from '@/shared/ui/button'
import { Section } from '@/shared/ui/section'
import styles from './lead.module.css'
import { TagsSheet } from './tags-sheet'

export function Tags({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Section
      title={t('lead.tags')}
      isPadded
      action={
        <IconButton label={t('lead.editTags')} className={styles.edit} onClick={() => setIsOpen(true)}>
          {lead.tags.length > 0 ? <Pencil size={17} /> : <Plus size={19} />}
        </IconButton>
      }
    >
      {lead.tags.length > 0 ? (
        <ul className={styles.tags}>{lead.tags.map((tag) => <li key={tag}><Badge tone="accent">{tag}</Badge></li>)}</ul>
      ) : (
        <p className={styles.none}>{t('lead.noTags')}</p>
      )}
      {isOpen && <TagsSheet lead={lead} onClose={() => setIsOpen(false)} />}
    </Section>
  )
}
