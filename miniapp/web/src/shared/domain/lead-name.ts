import type { LeadRow } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { phoneText } from './phone'

/** How a lead is called: by name, else by number. */
export function useLeadName(): (lead: Pick<LeadRow, 'name' | 'phone'>) => string {
  const { t } = useI18n()
  return ({ name, phone }) => name ?? (phone ? phoneText(phone) : t('common.unnamed'))
}
