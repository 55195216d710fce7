import { isSortable } from '@dnd-kit/react/sortable'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { Button } from '@/shared/ui/button'
import { DragArea } from '@/shared/ui/drag-area'
import { Section } from '@/shared/ui/section'
import { faultsOf } from '../forms/faults'
import { SaveBar } from '../forms/save-bar'
import { useAction } from '../use-action'
import { bodyOf, moved, type Moves, type Planned } from './plan'
import { StageRow } from './stage-row'
import { StageSheet } from './stage-sheet'
import styles from './stages.module.css'

/** Changes are gathered and kept together: the pipeline is never half of one and half of another. */
export function StagesEditor({ standing }: { standing: readonly Planned[] }) {
  const { t } = useI18n()
  const canWrite = useMe().role === 'admin'
  const [plan, setPlan] = useState(standing)
  const [moves, setMoves] = useState<Moves>({})
  const [open, setOpen] = useState<Planned | null>(null)
  const save = useAction((api) => api.ask('put', '/settings/stages', { body: bodyOf(plan, moves) }), {
    forgets: keys.stages,
    done: 'settings.saved',
  })
  const faults = faultsOf(save.error)
  const isChanged = JSON.stringify(plan) !== JSON.stringify(standing)
  const add = () => setOpen({ id: crypto.randomUUID(), key: null, name: '', minScore: null, outcome: 'open' })
  const keep = (stage: Planned) => {
    setPlan(plan.some((one) => one.id === stage.id) ? plan.map((one) => (one.id === stage.id ? stage : one)) : [...plan, stage])
    setOpen(null)
  }
  const remove = (stage: Planned, into: string | null) => {
    setPlan(plan.filter((one) => one.id !== stage.id))
    if (stage.key !== null && into !== null) setMoves({ ...moves, [stage.key]: into })
    setOpen(null)
  }
  const shift = (from: number, to: number) => {
    haptics.chosen()
    setPlan(moved(plan, from, to))
  }
  return (
    <>
      <Section note={t('settings.stagesNote')}>
        <DragArea
          nameOf={(id) => plan.find((stage) => stage.id === id)?.name ?? ''}
          onDragEnd={({ operation, canceled }) => {
            const { source } = operation
            if (!canceled && isSortable(source) && source.initialIndex !== source.index) shift(source.initialIndex, source.index)
          }}
        >
          <ol className={styles.stages}>
            {plan.map((stage, at) => (
              <StageRow
                key={stage.id}
                stage={stage}
                at={at}
                count={plan.length}
                isFixed={!canWrite}
                isFaulty={[...faults.keys()].some((path) => path.startsWith(`stages.${at}.`))}
                onOpen={() => setOpen(stage)}
                onShift={(step) => shift(at, at + step)}
              />
            ))}
          </ol>
        </DragArea>
      </Section>
      {canWrite && (
        <div className={styles.add}>
          <Button look="tinted" icon={<Plus size={19} />} onClick={add}>{t('settings.newStage')}</Button>
        </div>
      )}
      {isChanged && (
        <SaveBar
          isBusy={save.isPending}
          onSave={() => save.mutate(undefined)}
          onDrop={() => {
            setPlan(standing)
            setMoves({})
          }}
        />
      )}
      {open && (
        <StageSheet
          stage={open}
          others={plan.filter((one) => one.id !== open.id && one.key !== null)}
          isNew={!plan.some((one) => one.id === open.id)}
          onKeep={keep}
          onRemove={remove}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
