import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Field, Input } from '@/shared/ui/fields'
import { Segmented } from '@/shared/ui/segmented'
import { SheetForm } from '@/shared/ui/sheet-form'
import { ConfirmSheet } from '../confirm-sheet'
import { Select } from '../forms/select'
import { SwitchField } from '../forms/switch-field'
import { FIRST, type Outcome, type Planned } from './plan'

const OUTCOMES: readonly Outcome[] = ['open', 'won', 'lost']
const USUAL_SCORE = 50

interface Props {
  stage: Planned
  /** Where the leads of this one may go. */
  others: readonly Planned[]
  isNew: boolean
  onKeep: (stage: Planned) => void
  onRemove: (stage: Planned, into: string | null) => void
  onClose: () => void
}

export function StageSheet({ stage, others, isNew, onKeep, onRemove, onClose }: Props) {
  const { t } = useI18n()
  const [draft, setDraft] = useState(stage)
  const [into, setInto] = useState<string | null>(null)
  if (into !== null) {
    return (
      <ConfirmSheet
        title={t('settings.removeStage')}
        text={t('settings.removeStageText', { name: stage.name })}
        doing={t('common.remove')}
        onDo={() => onRemove(stage, into)}
        onClose={() => setInto(null)}
      >
        <Field label={t('settings.leadsGoTo')}>
          {(control) => (
            <Select control={control} choices={others.map((one) => ({ value: one.key ?? '', label: one.name }))} value={into} onChange={setInto} />
          )}
        </Field>
      </ConfirmSheet>
    )
  }
  const remove = () => (stage.key === null ? onRemove(stage, null) : setInto(others[0]?.key ?? null))
  return (
    <SheetForm title={t(isNew ? 'settings.newStage' : 'settings.stage')} canSave={draft.name.trim() !== ''} onSave={() => onKeep(draft)} onClose={onClose}>
      <Field label={t('settings.stageName')}>
        {(control) => <Input {...control} value={draft.name} maxLength={60} autoFocus={isNew} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />}
      </Field>
      <Segmented
        label={t('settings.stageMeans')}
        options={OUTCOMES.map((outcome) => ({ value: outcome, label: t(`settings.outcome.${outcome}`) }))}
        value={draft.outcome}
        onChange={(outcome) => setDraft({ ...draft, outcome })}
      />
      {draft.outcome === 'open' && (
        <>
          <SwitchField
            label={t('settings.byScore')}
            hint={t('settings.byScoreHint')}
            isOn={draft.minScore !== null}
            onChange={(isOn) => setDraft({ ...draft, minScore: isOn ? USUAL_SCORE : null })}
          />
          {draft.minScore !== null && (
            <Field label={t('settings.minScore', { score: draft.minScore })}>
              {(control) => (
                <input {...control} type="range" min={0} max={100} value={draft.minScore ?? 0} onChange={(event) => setDraft({ ...draft, minScore: Number(event.target.value) })} />
              )}
            </Field>
          )}
        </>
      )}
      {!isNew && stage.key !== FIRST && <Button look="danger" icon={<Trash2 size={18} />} onClick={remove}>{t('settings.removeStage')}</Button>}
    </SheetForm>
  )
}
