import { useMutation } from '@tanstack/react-query'
import { FileArchive, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '@/shared/api/api-context'
import type { Lead } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { useErrorText } from '@/shared/ui/error-text'
import { handOver } from '@/shared/ui/hand-over'
import { Row, Section } from '@/shared/ui/section'
import { useToast } from '@/shared/ui/toast-context'
import { exportLead } from './api/export-lead'
import { ForgetSheet } from './forget-sheet'
import { Holds } from './holds'
import { Requests } from './requests'

/** What the law gives him a right to: everybody writes down what he asks; admins give him all that is kept, keep it, and let it go. */
export function Rights({ lead }: { lead: Lead }) {
  const { t } = useI18n()
  const api = useApi()
  const { role } = useMe()
  const toast = useToast()
  const text = useErrorText()
  const [isForgetting, setForgetting] = useState(false)
  const exporting = useMutation({
    mutationFn: async () => handOver(await exportLead(api, lead.id)),
    onError: (error) => toast({ text: text(error), tone: 'bad' }),
  })
  const asked = <Requests lead={lead} />
  if (role !== 'admin') return <Section title={t('lead.rights')}>{asked}</Section>
  return (
    <Section title={t('lead.rights')} note={t('lead.rightsNote')}>
      {asked}
      <Row
        start={<FileArchive size={20} />}
        label={t('lead.exportData')}
        hint={t(exporting.isPending ? 'lead.exporting' : 'lead.exportHint')}
        onClick={() => exporting.isPending || exporting.mutate()}
      />
      <Row start={<Trash2 size={20} />} label={t('lead.forget')} hint={t('lead.forgetHint')} onClick={() => setForgetting(true)} />
      <Holds lead={lead} />
      {isForgetting && <ForgetSheet lead={lead} onClose={() => setForgetting(false)} />}
    </Section>
  )
}
