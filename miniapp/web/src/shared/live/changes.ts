import type { StreamEvent } from './event-stream'

export type ChangeKind =
  | 'message_in'
  | 'message_out'
  | 'message_status'
  | 'conversation'
  | 'lead'
  | 'hand_off'
  | 'dead_letter'
  | 'data_request'
  | 'member'
  | 'invitation'
  | 'account'
  | 'team_chat'
  | 'settings'

/** One thing that is not as it was: ids alone. */
export interface Change {
  kind: ChangeKind
  subject: string
  conversation?: string
  lead?: string
}

/** What an event says: changes, or `reset`, when some may have been missed. A kind not known yet changes nothing here. */
export function readEvent(event: StreamEvent): Change[] | 'reset' {
  if (event.event === 'reset') return 'reset'
  if (event.event !== 'changes') return []
  return (JSON.parse(event.data) as { changes: Change[] }).changes
}

/** The leads that these changes are seen at. */
export function leadsOf(changes: readonly Change[], ...kinds: readonly ChangeKind[]): string[] {
  const seen = changes.filter((change) => kinds.length === 0 || kinds.includes(change.kind))
  const ids = seen.map((change) => (change.kind === 'lead' ? change.subject : change.lead))
  return [...new Set(ids.filter((id) => id !== undefined))]
}

/** The conversations that these changes are seen at. */
export function conversationsOf(changes: readonly Change[], ...kinds: readonly ChangeKind[]): string[] {
  const seen = changes.filter((change) => kinds.length === 0 || kinds.includes(change.kind))
  const ids = seen.map((change) => (change.kind === 'conversation' ? change.subject : change.conversation))
  return [...new Set(ids.filter((id) => id !== undefined))]
}
