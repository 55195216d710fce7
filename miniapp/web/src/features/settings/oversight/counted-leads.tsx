import { useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Row, Section } from '@/shared/ui/section'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import styles from '../settings.module.css'
import { DownloadButton } from './download-button'

/** Who was counted in a month, in that order; each leads to the conversation with the message that counted him. */
export function CountedLeads({ month }: { month: string }) {
  const { t, format, locale } = useI18n()
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: [...keys.settings, 'usage', 'leads', month],
    queryFn: ({ pageParam, signal }) => api.ask('get', '/usage/leads', { query: { month, after: pageParam, limit: 50 } }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_after,
  })
  const name = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(month))
  return (
    <Loaded query={list}>
      {({ pages }) => {
        const leads = pages.flatMap((page) => page.items)
        return (
          <>
            <Section title={t('settings.counted', { month: name })} note={leads.length === 0 ? t('settings.nobodyCounted') : undefined}>
              {leads.map((one) => (
                <Row
                  key={one.lead_id}
                  href={one.conversation_id ? `/chats/${one.conversation_id}` : `/leads/${one.lead_id}`}
                  start={<span className={styles.mono}>{format.number(one.place)}</span>}
                  label={one.name ?? t('settings.nameless')}
                  hint={`${one.channel ? worded(t, `words.channel.${one.channel}`, one.channel) : t('settings.erased')} · ${format.moment(one.counted_at)}`}
                />
              ))}
              {leads.length > 0 && (
                <div className={styles.bars}><DownloadButton address={`/usage/leads.csv?month=${month}`} name={`leads-${month.slice(0, 7)}.csv`} /></div>
              )}
            </Section>
            <MoreButton list={list} />
          </>
        )
      }}
    </Loaded>
  )
}
