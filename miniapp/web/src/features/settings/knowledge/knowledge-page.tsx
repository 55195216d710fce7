import { BookOpen, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import { IconButton } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { SearchBox } from '@/shared/ui/search-box'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { useDebounced } from '@/shared/ui/use-debounced'
import { useKnowledge, type KnowledgeEntry } from '../api/knowledge'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { EntrySheet } from './entry-sheet'

/** What the AI knows of the business beside its own description, entry by entry. */
export function KnowledgePage({ onBack }: PageProps) {
  const { t, format } = useI18n()
  const canWrite = useMe().role === 'admin'
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState<KnowledgeEntry | 'new' | null>(null)
  const list = useKnowledge(useDebounced(search.trim()))
  return (
    <Page
      title={t('settings.section.knowledge')}
      onBack={onBack}
      isSmall
      actions={canWrite && <IconButton label={t('settings.newEntry')} onClick={() => setOpen('new')}><Plus size={24} /></IconButton>}
      fixed={<div className={styles.head}><SearchBox label={t('settings.searchKnowledge')} value={search} onChange={setSearch} /></div>}
    >
      <Loaded query={list}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.items)
          if (entries.length === 0) {
            return <EmptyState icon={<BookOpen size={34} />} title={t(search ? 'settings.noEntryFound' : 'settings.noEntries')} text={t('settings.noEntriesText')} />
          }
          return (
            <>
              <Section title={t('settings.entries', { count: pages[0]?.total ?? entries.length })}>
                {entries.map((entry) => (
                  <Row
                    key={entry.id}
                    label={<strong>{entry.title}</strong>}
                    hint={
                      <div className={styles.lines}>
                        <span className={styles.clamp}>{entry.content}</span>
                        <span>{format.day(entry.updated_at)}</span>
                      </div>
                    }
                    onClick={() => setOpen(entry)}
                  />
                ))}
              </Section>
              <MoreButton list={list} />
            </>
          )
        }}
      </Loaded>
      {open && <EntrySheet entry={open === 'new' ? null : open} canWrite={canWrite} onClose={() => setOpen(null)} />}
    </Page>
  )
}
