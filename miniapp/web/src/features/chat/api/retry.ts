import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import { newKey } from '@/shared/api/idempotency'
import { useErrorText } from '@/shared/ui/error-text'
import { useToast } from '@/shared/ui/toast-context'

/** Sends a message once more that the channel did not take. */
export function useRetry(messageId: string) {
  const api = useApi()
  const toast = useToast()
  const text = useErrorText()
  const [key] = useState(newKey)
  return useMutation({
    mutationFn: () => api.ask('post', '/messages/{message_id}/retry', { path: { message_id: messageId } }, { idempotencyKey: key }),
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
}
