import type { ApiClient } from '@/shared/api/client'
import { API } from '@/shared/api/session'

/** All that is kept about a lead, as one archive. */
export async function exportLead(api: ApiClient, leadId: string): Promise<File> {
  const response = await api.send(`${API}/leads/${leadId}/export`, { method: 'POST' })
  return new File([await response.blob()], `lead-${leadId}.zip`, { type: 'application/zip' })
}
