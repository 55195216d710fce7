import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { newKey } from '@/shared/api/idempotency'
import { keys } from '@/shared/api/keys'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

/** Notes something for the team, in the lead's conversation. */
export function useWriteNote(leadId: string, conversationId: string) {
  const api = useApi()
  const client = useQueryClient()
  const toast = useToast()
  const text = useErrorText()
  const [key] = useState(newKey)
  return useMutation({
    mutationFn: (note: string) =>
      api.ask(
        'post',
        '/conversations/{conversation_id}/notes',
        { path: { conversation_id: conversationId }, body: { text: note } },
        { idempotencyKey: key },
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.timeline(leadId) }),
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
}
