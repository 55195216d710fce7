import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import type { Lead, Stage } from '@/shared/api/model'
import { hasCode } from '@/shared/api/problem'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

interface Move {
  to: string
  /** The stage that who moves has seen: if it is another by now, nothing is moved. */
  from: string
  isUndo?: boolean
}

/** Moves a lead in the pipeline: at once on the screen, and back again by one tap. */
export function useMoveStage(leadId: string, stages: readonly Stage[]) {
  const api = useApi()
  const client = useQueryClient()
  const { t } = useI18n()
  const toast = useToast()
  const text = useErrorText()
  const show = (stageKey: string) =>
    client.setQueryData<Lead>(keys.lead(leadId), (lead) => lead && { ...lead, stage_key: stageKey })
  const move = useMutation({
    mutationFn: ({ to, from }: Move) =>
      api.ask('post', '/leads/{lead_id}/stage', { path: { lead_id: leadId }, body: { stage_key: to, expected: from } }),
    onMutate: ({ to }) => {
      haptics.pressed()
      show(to)
    },
    onSuccess: (_moved, { to, from, isUndo }) => {
      if (isUndo) return
      const name = stages.find((stage) => stage.key === to)?.name ?? to
      const undo = () => move.mutate({ to: from, from: to, isUndo: true })
      toast({ text: t('lead.moved', { stage: name }), action: { label: t('common.undo'), onClick: undo } })
    },
    onError: (error, { from }) => {
      haptics.refused()
      if (!hasCode(error, 'stage_moved')) show(from)
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.lead(leadId) }),
  })
  return move
}
