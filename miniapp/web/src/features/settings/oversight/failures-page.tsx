import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useApi } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Button } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { ConfirmSheet } from '../confirm-sheet'
import { Loaded } from '../loaded'
import { MoreButton } from '../more-button'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { useAction } from '../use-action'
import { FailureKinds } from './failure-kinds'

type Letter = Answer<'get', '/dead-letters'>['items'][number]

const key = [...keys.settings, 'dead-letters'] as const

/** What was given up, to be tried again or let go, one by one or all of a kind. */
export function FailuresPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const [kind, setKind] = useState<string | null>(null)
  const [dropping, setDropping] = useState<Letter | null>(null)
  const list = useInfiniteQuery({
    queryKey: [...key, kind],
    queryFn: ({ pageParam, signal }) => api.ask('get', '/dead-letters', { query: { kind, cursor: pageParam, limit: 30 } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const drop = useAction((client, id: string) => client.ask('post', '/dead-letters/{letter_id}/drop', { path: { letter_id: id } }), {
    forgets: key,
    done: 'settings.dropped',
  })
  return (
    <Page title={t('settings.section.failures')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ pages }) => {
          const letters = pages.flatMap((page) => page.items)
          const kinds = pages[0]?.kinds ?? []
          if (kinds.length === 0) {
            return <EmptyState icon={<CircleCheck size={34} />} title={t('settings.noFailures')} text={t('settings.noFailuresText')} />
          }
          return (
            <>
              <FailureKinds kinds={kinds} chosen={kind} onChoose={setKind} forgets={key} />
              <Section note={t('settings.failuresNote')}>
                {letters.map((letter) => <LetterRow key={letter.id} letter={letter} onDrop={() => setDropping(letter)} />)}
              </Section>
              <MoreButton list={list} />
            </>
          )
        }}
      </Loaded>
      {dropping && (
        <ConfirmSheet
          title={t('settings.dropFailure')}
          text={t('settings.dropFailureText')}
          doing={t('settings.letGo')}
          isBusy={drop.isPending}
          onDo={() => drop.mutate(dropping.id, { onSuccess: () => setDropping(null) })}
          onClose={() => setDropping(null)}
        />
      )}
    </Page>
  )
}

function LetterRow({ letter, onDrop }: { letter: Letter; onDrop: () => void }) {
  const { t, format } = useI18n()
  const retry = useAction((api) => api.ask('post', '/dead-letters/{letter_id}/retry', { path: { letter_id: letter.id } }), {
    forgets: key,
    done: 'settings.retried',
  })
  const code = letter.error.split(':')[0] ?? letter.error
  return (
    <Row
      label={<strong>{worded(t, `settings.letter.${letter.kind}`, letter.kind)}</strong>}
      hint={
        <>
          <div>{worded(t, `words.sendFailure.${code}`, letter.error)}</div>
          <div>{t('settings.attempts', { count: letter.attempts })} · {format.moment(letter.created_at)}</div>
          <div className={styles.actions}>
            <Button look="tinted" isSmall isBusy={retry.isPending} onClick={() => retry.mutate(undefined)}>{t('common.retry')}</Button>
            <Button isSmall onClick={onDrop}>{t('settings.letGo')}</Button>
          </div>
        </>
      }
    />
  )
}
