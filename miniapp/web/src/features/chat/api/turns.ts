import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

/** Whose turn it is, changed by who looks: each says what came of it, and loads the conversation as it then stands. */
export function useTurns(conversationId: string) {
  const api = useApi()
  const { t, format } = useI18n()
  const path = { conversation_id: conversationId }
  const take = useTurn(conversationId, async () => {
    const { settled } = await api.ask('post', '/conversations/{conversation_id}/take', { path })
    return settled ? t('chat.done.taken') : t('chat.done.takenUnsettled')
  })
  const giveBack = useTurn(conversationId, async () => {
    const { ai_answers } = await api.ask('post', '/conversations/{conversation_id}/give-back', { path })
    return ai_answers ? t('chat.done.givenBack') : t('chat.done.givenBackPaused')
  })
  const close = useTurn(conversationId, async () => {
    await api.ask('post', '/conversations/{conversation_id}/close', { path })
    return t('chat.done.closed')
  })
  const transfer = useTurn(conversationId, async (member: { id: string; name: string }) => {
    await api.ask('post', '/conversations/{conversation_id}/transfer', { path, body: { member_id: member.id } })
    return t('chat.done.transferred', { name: member.name })
  })
  const sleep = useTurn(conversationId, async (until: Date) => {
    await api.ask('post', '/conversations/{conversation_id}/snooze', { path, body: { until: until.toISOString() } })
    return t('chat.done.asleep', { time: format.moment(until.toISOString()) })
  })
  const wake = useTurn(conversationId, async () => {
    await api.ask('post', '/conversations/{conversation_id}/wake', { path })
    return t('chat.done.woken')
  })
  return { take, giveBack, close, transfer, sleep, wake }
}

function useTurn<T = void>(conversationId: string, change: (given: T) => Promise<string>) {
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  return useMutation({
    mutationFn: change,
    onSuccess: (told) => {
      haptics.done()
      toast({ text: told })
    },
    onError: (error) => {
      haptics.refused()
      toast({ text: text(error), tone: 'bad' })
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.conversation(conversationId) }),
  })
}
