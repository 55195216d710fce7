import type { LeadFilters, LeadRow } from '@/shared/api/model'

/** Whether a lead that was in the list still belongs there. What only the server can tell (a search) has not changed. */
export function matches(lead: LeadRow, filters: LeadFilters): boolean {
  const { stage, status, channel, tag, assignee_id: holder, unassigned } = filters
  return (
    (stage === undefined || lead.stage_key === stage) &&
    (status === undefined || lead.conversation_status === status) &&
    (channel === undefined || lead.channel === channel) &&
    (tag === undefined || lead.tags.includes(tag)) &&
    (holder === undefined || lead.assignee_id === holder) &&
    (unassigned !== true || lead.assignee_id === null)
  )
}
