import { Lock } from 'lucide-react'
import { useState } from 'react'
import type { Lead } from '@/shared/api/model'
import { HoldRow } from '@/shared/domain/hold-row'
import { HoldSheet } from '@/shared/domain/hold-sheet'
import { useHolds } from '@/shared/domain/use-holds'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Row } from '@/shared/ui/section'

/** What keeps him from being erased, and the way to keep him. */
export function Holds({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const [isPlacing, setPlacing] = useState(false)
  const holds = useHolds(lead.id).data?.holds ?? []
  return (
    <>
      {holds.map((hold) => (
        <HoldRow key={hold.id} hold={hold} subject={t(hold.lead_id ? 'lead.held' : 'lead.heldWithAll')} />
      ))}
      <Row start={<Lock size={20} />} label={t('lead.hold')} hint={t('lead.holdHint')} onClick={() => setPlacing(true)} />
      {isPlacing && <HoldSheet leadId={lead.id} onClose={() => setPlacing(false)} />}
    </>
  )
}
