import type { Answer } from '@/shared/api/client'
import { useFollowUpWords } from '@/shared/domain/follow-up-words'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Badge } from '@/shared/ui/badge'
import { Row, Section } from '@/shared/ui/section'
import styles from '../settings.module.css'
import { unsaid } from './unsaid'

type Result = Answer<'get', '/follow-ups/results'>['steps'][number]

/** Step by step; and what was not said, and why. */
export function Results({ steps }: { steps: readonly Result[] }) {
  const { t, format } = useI18n()
  const words = useFollowUpWords()
  const others = unsaid(steps)
  if (steps.length === 0) return <Section title={t('settings.followUpResult.title')} isPadded><p className={styles.faint}>{t('settings.followUpResult.none')}</p></Section>
  const share = (part: number, whole: number) => (whole === 0 ? format.number(part) : `${format.number(part)} (${Math.round((part / whole) * 100)} %)`)
  return (
    <>
      <Section title={t('settings.followUpResult.title')} note={t('settings.followUpResult.note')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('settings.followUpResult.step')}</th>
              <th scope="col">{t('settings.followUpResult.sent')}</th>
              <th scope="col">{t('settings.followUpResult.answered')}</th>
              <th scope="col">{t('settings.followUpResult.optedOut')}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((one) => (
              <tr key={one.step}>
                <th scope="row">{format.number(one.step)}</th>
                <td>{format.number(one.sent)}</td>
                <td>{share(one.answered, one.sent)}</td>
                <td>{share(one.opted_out, one.sent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {others.length > 0 && (
        <Section title={t('settings.followUpResult.unsaid')}>
          {others.map(({ step, state, reason, count }) => (
            <Row
              key={`${step}-${state}-${reason}`}
              label={words.reason(reason)}
              hint={t('settings.followUp.step', { number: step })}
              end={<Badge tone={state === 'failed' ? 'bad' : state === 'held' ? 'warn' : 'neutral'}>{t(`settings.followUpResult.${state}`, { count, number: format.number(count) })}</Badge>}
            />
          ))}
        </Section>
      )}
    </>
  )
}
