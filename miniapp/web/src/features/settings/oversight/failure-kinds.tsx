import type { QueryKey } from '@tanstack/react-query'
import { useState } from 'react'
import type { Answer, ApiClient } from '@/shared/api/client'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Button } from '@/shared/ui/button'
import { Row, Section } from '@/shared/ui/section'
import { useToast } from '@/shared/ui/toast-context'
import { ConfirmSheet } from '../confirm-sheet'
import styles from '../settings.module.css'
import { useAction } from '../use-action'

type Kind = Answer<'get', '/dead-letters'>['kinds'][number]
type Way = '/dead-letters/retry' | '/dead-letters/drop'

interface Props {
  kinds: readonly Kind[]
  chosen: string | null
  onChoose: (kind: string | null) => void
  forgets: QueryKey
}

/** How many there are of each kind, and what is done with all of one. */
export function FailureKinds({ kinds, chosen, onChoose, forgets }: Props) {
  const { t } = useI18n()
  const [dropping, setDropping] = useState<Kind | null>(null)
  const deal = useAll(forgets)
  return (
    <Section>
      {kinds.map((one) => (
        <Row
          key={one.kind}
          label={<strong>{worded(t, `settings.letter.${one.kind}`, one.kind)} · {one.count}</strong>}
          hint={
            <div className={styles.actions}>
              <Button look="tinted" isSmall isBusy={deal.isPending} onClick={() => deal.mutate({ kind: one.kind, way: '/dead-letters/retry' })}>
                {t('settings.retryAll')}
              </Button>
              <Button isSmall onClick={() => setDropping(one)}>{t('settings.letAllGo')}</Button>
              {kinds.length > 1 && (
                <Button look="quiet" isSmall onClick={() => onChoose(chosen === one.kind ? null : one.kind)}>
                  {t(chosen === one.kind ? 'settings.everyKind' : 'settings.onlyKind')}
                </Button>
              )}
            </div>
          }
        />
      ))}
      {dropping && (
        <ConfirmSheet
          title={t('settings.dropFailure')}
          text={t('settings.dropAllText', { count: dropping.count })}
          doing={t('settings.letAllGo')}
          isBusy={deal.isPending}
          onDo={() => deal.mutate({ kind: dropping.kind, way: '/dead-letters/drop' }, { onSettled: () => setDropping(null) })}
          onClose={() => setDropping(null)}
        />
      )}
    </Section>
  )
}

/** All of a kind, a few at a time; what came of it is told with its numbers. */
function useAll(forgets: QueryKey) {
  const { t } = useI18n()
  const toast = useToast()
  return useAction(
    async (api, { kind, way }: { kind: string; way: Way }) => {
      const { done, refused } = await each(api, kind, way)
      toast({ text: t('settings.dealtWith', { done, refused }) })
    },
    { forgets },
  )
}

async function each(api: ApiClient, kind: string, way: Way) {
  const all = { done: 0, refused: 0 }
  let cursor: string | null = null
  do {
    const dealt: Answer<'post', Way> = await api.ask('post', way, { body: { kind, cursor } })
    all.done += dealt.done
    all.refused += dealt.refused
    cursor = dealt.next_cursor
  } while (cursor !== null)
  return all
}
