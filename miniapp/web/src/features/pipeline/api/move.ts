import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'
import { withMoved } from '../board-model'
import { boardKey, type Board, type BoardFilters } from './board'

interface Move {
  leadId: string
  /** Where who moves has seen it: if it is elsewhere by now, nothing is moved. */
  from: string
  to: string
  isUndo?: boolean
}

/** Moves a card at once; back again if the server does not take it, or by one tap. */
export function useMoveCard(filters: BoardFilters) {
  const api = useApi()
  const client = useQueryClient()
  const { t } = useI18n()
  const toast = useToast()
  const text = useErrorText()
  const queryKey = boardKey(filters)
  const show = (leadId: string, to: string) =>
    client.setQueryData<Board>(queryKey, (board) => board && withMoved(board, leadId, to))
  const nameOf = (key: string) =>
    client.getQueryData<Board>(queryKey)?.columns.find((column) => column.stage.key === key)?.stage.name ?? key
  const move = useMutation({
    mutationFn: ({ leadId, from, to }: Move) =>
      api.ask('post', '/leads/{lead_id}/stage', { path: { lead_id: leadId }, body: { stage_key: to, expected: from } }),
    onMutate: async ({ leadId, to }) => {
      haptics.pressed()
      await client.cancelQueries({ queryKey })
      show(leadId, to)
    },
    onSuccess: (_moved, { leadId, from, to, isUndo }) => {
      if (isUndo) return
      const undo = () => move.mutate({ leadId, from: to, to: from, isUndo: true })
      toast({ text: t('lead.moved', { stage: nameOf(to) }), action: { label: t('common.undo'), onClick: undo } })
    },
    onError: (error, { leadId, from }) => {
      haptics.refused()
      show(leadId, from)
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: (_moved, _error, { leadId }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.board }),
        client.invalidateQueries({ queryKey: keys.lead(leadId) }),
      ]),
  })
  return move
}
