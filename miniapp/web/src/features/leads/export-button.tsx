import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useApi } from '@/shared/api/api-context'
import type { LeadFilters } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { IconButton } from '@/shared/ui/button'
import { useErrorText } from '@/shared/ui/error-text'
import { handOver } from '@/shared/ui/hand-over'
import { useToast } from '@/shared/ui/toast-context'
import { exportLeads } from './api/export-leads'

/** The list as a file, as it is filtered. */
export function ExportButton({ filters: { sort: _, ...filters } }: { filters: LeadFilters }) {
  const { t } = useI18n()
  const api = useApi()
  const toast = useToast()
  const text = useErrorText()
  const exporting = useMutation({
    mutationFn: async () => handOver(await exportLeads(api, filters)),
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
  return (
    <IconButton label={t('leads.export')} look="soft" disabled={exporting.isPending} onClick={() => exporting.mutate()}>
      <Download size={21} />
    </IconButton>
  )
}
