import { useI18n } from '@/shared/i18n/i18n-context'
import { useLead } from '@/shared/domain/use-lead'
import { Page } from '@/shared/ui/page'
import { ErrorState, SkeletonRows } from '@/shared/ui/states'
import { About } from './about'
import { Facts } from './facts'
import { FollowUps } from './follow-ups'
import { LeadHead } from './lead-head'
import { Rights } from './rights'
import { ScoreReasons } from './score-reasons'
import { Tags } from './tags'
import { Timeline } from './timeline'

interface Props {
  leadId: string
  onBack?: (() => void) | undefined
  /** Beside his conversation, where a way to it says nothing. */
  isBesideChat?: boolean
}

/** All that is known of a lead. */
export function LeadPage({ leadId, onBack, isBesideChat = false }: Props) {
  const { t } = useI18n()
  const lead = useLead(leadId)
  return (
    <Page title={t('lead.title')} onBack={onBack} isSmall>
      {lead.data ? (
        <>
          <LeadHead lead={lead.data} isBesideChat={isBesideChat} />
          <Tags lead={lead.data} />
          <Facts lead={lead.data} />
          <FollowUps lead={lead.data} />
          <ScoreReasons lead={lead.data} />
          <About lead={lead.data} />
          <Timeline lead={lead.data} />
          <Rights lead={lead.data} />
        </>
      ) : lead.isError ? (
        <ErrorState error={lead.error} onRetry={() => void lead.refetch()} />
      ) : (
        <SkeletonRows count={5} />
      )}
    </Page>
  )
}
