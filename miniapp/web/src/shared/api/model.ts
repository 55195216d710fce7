/** The API's models by the names under which the app speaks of them: all of them come from its OpenAPI document. */
import type { Answer } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Role = Schemas['Role']
export type LeadRow = Schemas['LeadRow']
export type LeadPage = Schemas['LeadPage']
export type Lead = Schemas['Lead']
export type Fact = Schemas['Fact']
export type ScoreReason = Schemas['ScoreReason']
export type Timeline = Answer<'get', '/leads/{lead_id}/timeline'>
export type TimelineItem = Timeline['items'][number]
export type Stage = Answer<'get', '/stages'>['stages'][number]
export type ConversationStatus = Schemas['ConversationStatus']
export type Conversation = Answer<'get', '/conversations/{conversation_id}'>
export type Message = Answer<'get', '/conversations/{conversation_id}/messages'>['items'][number]
export type MessagePage = Answer<'get', '/conversations/{conversation_id}/messages'>
export type MessageStatus = Message['status']
export type TeamMember = Answer<'get', '/team'>['members'][number]
export type ComingFollowUp = Schemas['ComingFollowUp']
export type PastFollowUp = Schemas['PastFollowUp']
export type RequestKind = Schemas['RequestKind']
export const requestKinds = ['access', 'correction', 'erasure'] as const satisfies readonly RequestKind[]
export type Hold = Answer<'get', '/holds'>['holds'][number]
export type NewHold = Schemas['NewHold']
export type QuickReply = Answer<'get', '/quick-replies'>['items'][number]

/** What a list of leads is asked by; a filter that is not set is left out. */
type LeadQuery = NonNullable<paths['/leads']['get']['parameters']['query']>
export type LeadSort = NonNullable<LeadQuery['sort']>
export type LeadFilters = { [K in Exclude<keyof LeadQuery, 'cursor' | 'limit'>]?: NonNullable<LeadQuery[K]> }
