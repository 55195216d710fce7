import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import { planOf } from './plan'
import { StagesEditor } from './stages-editor'

/** The stages of the pipeline: their order, names, and the score from which a lead comes there by itself. */
export function StagesPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const stages = useQuery({ queryKey: keys.stages, queryFn: ({ signal }) => api.ask('get', '/stages', {}, { signal }) })
  return (
    <Page title={t('settings.section.stages')} onBack={onBack} isSmall>
      <Loaded query={stages}>{(found) => <StagesEditor key={JSON.stringify(found)} standing={planOf(found)} />}</Loaded>
    </Page>
  )
}
