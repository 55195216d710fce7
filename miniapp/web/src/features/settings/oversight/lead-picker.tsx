import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { LeadRow } from '@/shared/api/model'
import { useLeadName } from '@/shared/domain/lead-name'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { SearchBox } from '@/shared/ui/search-box'
import { Row, Section } from '@/shared/ui/section'
import { useDebounced } from '@/shared/ui/use-debounced'

export type PickedLead = Pick<LeadRow, 'id' | 'name' | 'phone'>

const SHOWN = 5

interface Props {
  picked: PickedLead | null
  onPick: (lead: PickedLead | null) => void
}

/** One lead, found by what he is called or his number. */
export function LeadPicker({ picked, onPick }: Props) {
  const { t } = useI18n()
  const api = useApi()
  const nameOf = useLeadName()
  const [search, setSearch] = useState('')
  const q = useDebounced(search.trim())
  const found = useQuery({
    queryKey: [...keys.leads, 'picked', q],
    queryFn: ({ signal }) => api.ask('get', '/leads', { query: { q, limit: SHOWN } }, { signal }),
    enabled: q !== '' && picked === null,
  })
  if (picked !== null) {
    return (
      <Section>
        <Row label={nameOf(picked)} end={<Button isSmall onClick={() => onPick(null)}>{t('settings.holdAnother')}</Button>} />
      </Section>
    )
  }
  return (
    <>
      <SearchBox label={t('settings.holdFind')} value={search} onChange={setSearch} />
      {q !== '' && found.data && (
        <Section>
          {found.data.items.length === 0 && <Row label={t('settings.holdNobody')} />}
          {found.data.items.map((lead) => <Row key={lead.id} label={nameOf(lead)} hint={lead.phone} onClick={() => onPick(lead)} />)}
        </Section>
      )}
    </>
  )
}
