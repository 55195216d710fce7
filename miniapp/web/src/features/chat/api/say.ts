import type { ApiClient } from '@/shared/api/client'
import type { Unsent } from '../outbox'

/** Says it to the lead, or notes it for the team; the ids of the messages that it made. `key` names it: said again, it is one message. */
export async function say(api: ApiClient, conversationId: string, { kind, text, key }: Unsent): Promise<readonly string[]> {
  const given = { path: { conversation_id: conversationId }, body: { text } }
  const options = { idempotencyKey: key }
  if (kind === 'note') {
    return [(await api.ask('post', '/conversations/{conversation_id}/notes', given, options)).message_id]
  }
  return (await api.ask('post', '/conversations/{conversation_id}/messages', given, options)).message_ids
}
