import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'
import { withMore } from '../board-model'
import { boardKey, PER_STAGE, type Board, type BoardFilters, type Column } from './board'

/** The next leads of one column, behind those that are there. */
export function useMore(filters: BoardFilters) {
  const api = useApi()
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  return useMutation({
    mutationFn: ({ stage, next_cursor }: Column) =>
      api.ask('get', '/leads', { query: { ...filters, stage: stage.key, cursor: next_cursor, limit: PER_STAGE } }),
    onSuccess: (page, column) =>
      client.setQueryData<Board>(boardKey(filters), (board) => board && withMore(board, column.stage.key, page)),
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
}
