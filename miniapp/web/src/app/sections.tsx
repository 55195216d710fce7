import { ChartNoAxesCombined, Columns3, MessagesSquare, Settings } from 'lucide-react'
import { lazy, type ComponentType } from 'react'
import type { Role } from '@/shared/api/model'
import type { MessageKey } from '@/shared/i18n/translate'
import { LeadsArea } from './leads-area'

const PipelinePage = lazy(async () => ({ default: (await import('@/features/pipeline/pipeline-page')).PipelinePage }))
const DashboardPage = lazy(async () => ({ default: (await import('@/features/dashboard/dashboard-page')).DashboardPage }))
const SettingsArea = lazy(async () => ({ default: (await import('@/features/settings/settings-area')).SettingsArea }))

/** A place in the navigation, and what is shown there. */
export interface Section {
  path: string
  label: MessageKey
  icon: ComponentType<{ size?: number }>
  /** What it shows; each is loaded when somebody goes there. */
  page: ComponentType
  /** Other addresses that belong to it. */
  also?: readonly string[]
  /** Who has it; without this, everybody. */
  roles?: readonly Role[]
}

export const sections: readonly Section[] = [
  { path: '/leads', label: 'nav.leads', icon: MessagesSquare, page: LeadsArea, also: ['/chats'] },
  { path: '/pipeline', label: 'nav.pipeline', icon: Columns3, page: PipelinePage },
  { path: '/dashboard', label: 'nav.dashboard', icon: ChartNoAxesCombined, page: DashboardPage, roles: ['manager', 'admin'] },
  { path: '/settings', label: 'nav.settings', icon: Settings, page: SettingsArea },
]
