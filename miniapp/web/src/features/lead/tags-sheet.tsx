import { X } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import type { Lead } from '@/shared/api/model'
import { useTags } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Chip, Chips } from '@/shared/ui/chips'
import { Field, Input } from '@/shared/ui/fields'
import { SheetForm } from '@/shared/ui/sheet-form'
import { useChangeLead } from './api/change-lead'

const LONGEST = 40
const OFFERED = 12

/** Tags by a tap, or by a name of one's own. */
export function TagsSheet({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useI18n()
  const change = useChangeLead(lead.id)
  const inUse = useTags().data ?? []
  const [tags, setTags] = useState<readonly string[]>(lead.tags)
  const [typed, setTyped] = useState('')
  const wanted = typed.trim()
  const all = wanted === '' || tags.includes(wanted) ? tags : [...tags, wanted]
  const offered = inUse.filter((tag) => !tags.includes(tag)).slice(0, OFFERED)
  const add = (event: KeyboardEvent) => {
    if (wanted === '' || !['Enter', ','].includes(event.key)) return
    event.preventDefault()
    setTags(all)
    setTyped('')
  }
  return (
    <SheetForm
      title={t('lead.tags')}
      canSave
      onClose={onClose}
      onSave={() => {
        change.mutate({ tags: [...all] })
        onClose()
      }}
    >
      {tags.length > 0 && (
        <Chips label={t('lead.tags')}>
          {tags.map((tag) => (
            <Chip key={tag} isOn onClick={() => setTags(tags.filter((other) => other !== tag))}>{tag}<X size={14} aria-hidden /></Chip>
          ))}
        </Chips>
      )}
      <Field label={t('lead.newTag')} hint={t('lead.newTagHint')}>
        {(control) => (
          <Input {...control} maxLength={LONGEST} value={typed} onKeyDown={add} onChange={(event) => setTyped(event.target.value)} />
        )}
      </Field>
      {offered.length > 0 && (
        <Chips label={t('lead.tagsInUse')}>
          {offered.map((tag) => <Chip key={tag} isOn={false} onClick={() => setTags([...tags, tag])}>{tag}</Chip>)}
        </Chips>
      )}
    </SheetForm>
  )
}
