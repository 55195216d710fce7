import type { ApiClient } from '@/shared/api/client'
import { queryString } from '@/shared/api/client'
import type { LeadFilters } from '@/shared/api/model'
import { API } from '@/shared/api/session'

/** The leads that the list shows, all of them, as a file. */
export async function exportLeads(api: ApiClient, filters: Omit<LeadFilters, 'sort'>): Promise<File> {
  const response = await api.send(`${API}/leads/export.csv${queryString(filters)}`)
  return new File([await response.blob()], 'leads.csv', { type: 'text/csv' })
}
