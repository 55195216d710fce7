import { useQuery } from '@tanstack/react-query'
import { Plus, Zap } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { QuickReply } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { IconButton } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { ReplySheet } from './reply-sheet'

/** The answers that the team keeps ready. */
export function RepliesPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const canWrite = useMe().role !== 'attendant'
  const [open, setOpen] = useState<QuickReply | 'new' | null>(null)
  const list = useQuery({
    queryKey: [...keys.settings, 'replies'],
    queryFn: ({ signal }) => api.ask('get', '/quick-replies', {}, { signal }),
  })
  return (
    <Page
      title={t('settings.section.replies')}
      onBack={onBack}
      isSmall
      actions={canWrite && <IconButton label={t('settings.newReply')} onClick={() => setOpen('new')}><Plus size={24} /></IconButton>}
    >
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<Zap size={34} />} title={t('settings.noReplies')} text={t('settings.noRepliesText')} />
          ) : (
            <Section note={t('settings.repliesNote')}>
              {items.map((reply) => (
                <Row
                  key={reply.id}
                  label={<strong>/{reply.shortcut}</strong>}
                  hint={<span className={styles.clamp}>{reply.text}</span>}
                  {...(canWrite ? { onClick: () => setOpen(reply) } : {})}
                />
              ))}
            </Section>
          )
        }
      </Loaded>
      {open && <ReplySheet reply={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </Page>
  )
}
