import {
  Activity, BellRing, BookOpen, Bot, Building2, CalendarClock, Columns3, FileLock2, Gauge, HeartPulse, Lock, MessageSquareText, Plug, Repeat, Repeat2, ScrollText, ShieldAlert, Smartphone, Users, Zap,
} from 'lucide-react'
import { lazy, type ComponentType } from 'react'
import type { Role } from '@/shared/api/model'
import { BusinessForm } from './forms/business-form'
import { ai, company, followUps, hours, messages, rules } from './forms/descriptions'
import type { FormDescription } from './forms/fields'
import { FollowUpsPage } from './follow-ups/follow-ups-page'
import { KnowledgePage } from './knowledge/knowledge-page'
import { SessionsPage } from './me/sessions-page'
import { AuditPage } from './oversight/audit-page'
import { ChannelsPage } from './oversight/channels-page'
import { FailuresPage } from './oversight/failures-page'
import { HealthPage } from './oversight/health-page'
import { HoldsPage } from './oversight/holds-page'
import { IncidentsPage } from './oversight/incidents-page'
import { RequestsPage } from './oversight/requests-page'
import { UsagePage } from './oversight/usage-page'
import { RepliesPage } from './replies/replies-page'
import { TeamPage } from './team/team-page'

/** With what drags: nobody waits for that who only changes the opening hours. */
const StagesPage = lazy(async () => ({ default: (await import('./stages/stages-page')).StagesPage }))

export type PageProps = { onBack: () => void }

/** A page of the settings: its name is in its address, and in its sentences. */
export interface Place {
  name: 'company' | 'followUps' | 'followUpResults' | 'hours' | 'messages' | 'ai' | 'rules' | 'stages' | 'knowledge' | 'replies' | 'team' | 'channels' | 'usage' | 'health' | 'failures' | 'incidents' | 'requests' | 'holds' | 'audit' | 'sessions'
  icon: ComponentType<{ size?: number }>
  page: ComponentType<PageProps>
  roles?: readonly Role[]
  form?: FormDescription
}

export interface PlaceGroup {
  name: 'business' | 'ai' | 'team' | 'watch' | 'own'
  places: readonly Place[]
}

const LEADING: readonly Role[] = ['manager', 'admin']
const ADMINS: readonly Role[] = ['admin']

function formPlace(form: FormDescription, icon: Place['icon']): Place {
  const FormPage = ({ onBack }: PageProps) => <BusinessForm form={form} onBack={onBack} />
  return { name: form.name, icon, page: FormPage, roles: LEADING, form }
}

export const placeGroups: readonly PlaceGroup[] = [
  {
    name: 'business',
    places: [formPlace(company, Building2), formPlace(hours, CalendarClock), formPlace(messages, MessageSquareText)],
  },
  {
    name: 'ai',
    places: [
      formPlace(ai, Bot),
      formPlace(rules, BellRing),
      formPlace(followUps, Repeat),
      { name: 'knowledge', icon: BookOpen, page: KnowledgePage, roles: LEADING },
      { name: 'stages', icon: Columns3, page: StagesPage, roles: LEADING },
    ],
  },
  {
    name: 'team',
    places: [
      { name: 'team', icon: Users, page: TeamPage },
      { name: 'replies', icon: Zap, page: RepliesPage },
      { name: 'channels', icon: Plug, page: ChannelsPage, roles: LEADING },
    ],
  },
  {
    name: 'watch',
    places: [
      { name: 'followUpResults', icon: Repeat2, page: FollowUpsPage, roles: LEADING },
      { name: 'usage', icon: Gauge, page: UsagePage, roles: LEADING },
      { name: 'health', icon: HeartPulse, page: HealthPage, roles: LEADING },
      { name: 'failures', icon: Activity, page: FailuresPage, roles: ADMINS },
      { name: 'incidents', icon: ShieldAlert, page: IncidentsPage, roles: ADMINS },
      { name: 'requests', icon: FileLock2, page: RequestsPage, roles: LEADING },
      { name: 'holds', icon: Lock, page: HoldsPage, roles: ADMINS },
      { name: 'audit', icon: ScrollText, page: AuditPage, roles: ADMINS },
    ],
  },
  { name: 'own', places: [{ name: 'sessions', icon: Smartphone, page: SessionsPage }] },
]
