import { LockOpen, Plus } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Hold } from '@/shared/api/model'
import { HoldRow } from '@/shared/domain/hold-row'
import { HoldSheet } from '@/shared/domain/hold-sheet'
import { useHolds } from '@/shared/domain/use-holds'
import { useI18n } from '@/shared/i18n/i18n-context'
import { IconButton } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Section } from '@/shared/ui/section'
import { Segmented } from '@/shared/ui/segmented'
import { EmptyState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import { LeadPicker, type PickedLead } from './lead-picker'

/** What is kept whatever its time, and why, the oldest first. */
export function HoldsPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const [isPlacing, setPlacing] = useState(false)
  const list = useHolds()
  return (
    <Page
      title={t('settings.section.holds')}
      onBack={onBack}
      isSmall
      actions={<IconButton label={t('words.hold.place')} onClick={() => setPlacing(true)}><Plus size={24} /></IconButton>}
    >
      <Loaded query={list}>
        {({ holds }) =>
          holds.length === 0 ? (
            <EmptyState icon={<LockOpen size={34} />} title={t('settings.noHolds')} text={t('settings.noHoldsText')} />
          ) : (
            <Section note={t('settings.holdsNote')}>
              {holds.map((hold) => <HoldRow key={hold.id} hold={hold} subject={<Subject hold={hold} />} />)}
            </Section>
          )
        }
      </Loaded>
      {isPlacing && <PlaceSheet onClose={() => setPlacing(false)} />}
    </Page>
  )
}

function Subject({ hold }: { hold: Hold }) {
  const { t } = useI18n()
  if (hold.lead_id === null) return t('settings.holdAll')
  return <Link href={`/leads/${hold.lead_id}`}>{hold.lead}</Link>
}

function PlaceSheet({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const [whole, setWhole] = useState<'lead' | 'all'>('lead')
  const [lead, setLead] = useState<PickedLead | null>(null)
  const options = [
    { value: 'lead', label: t('settings.holdLead') },
    { value: 'all', label: t('settings.holdAll') },
  ] as const
  return (
    <HoldSheet leadId={whole === 'all' ? null : lead?.id} onClose={onClose}>
      <Segmented label={t('settings.holdWhat')} options={options} value={whole} onChange={setWhole} />
      {whole === 'lead' && <LeadPicker picked={lead} onPick={setLead} />}
    </HoldSheet>
  )
}
