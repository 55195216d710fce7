import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import type { PageProps } from '../places'
import { useDeedDetails } from './deed-details'

/** Who did what, the latest first. */
export function AuditPage({ onBack }: PageProps) {
  const { t, format } = useI18n()
  const api = useApi()
  const inWords = useDeedDetails()
  const list = useInfiniteQuery({
    queryKey: [...keys.settings, 'audit'],
    queryFn: ({ pageParam, signal }) => api.ask('get', '/audit', { query: { cursor: pageParam, limit: 40 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  return (
    <Page title={t('settings.section.audit')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ pages }) => {
          const deeds = pages.flatMap((page) => page.items)
          if (deeds.length === 0) return <EmptyState icon={<ScrollText size={34} />} title={t('settings.noDeeds')} />
          return (
            <>
              <Section>
                {deeds.map((deed) => (
                  <Row
                    key={deed.id}
                    label={worded(t, `settings.deed.${deed.action}`, deed.action)}
                    hint={
                      <>
                        <div>{deed.actor_name ?? worded(t, `settings.actor.${deed.actor.split(':')[0]}`, deed.actor)} · {format.moment(deed.at)}</div>
                        {inWords(deed.details) && <div>{inWords(deed.details)}</div>}
                      </>
                    }
                  />
                ))}
              </Section>
              <MoreButton list={list} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
