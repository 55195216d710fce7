import { useStages, useTeam } from '@/shared/domain/catalogues'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'

type Details = Readonly<Record<string, unknown>>

/** What is known of a deed beside its name, in words; ids of rows and what this release has no words for are left out. */
export function useDeedDetails(): (details: Details) => string {
  const { t, format } = useI18n()
  const stages = useStages()
  const team = useTeam().data ?? []
  const stage = (key: unknown) => stages.find((one) => one.key === key)?.name ?? String(key)
  const listed = (value: unknown, nameOf: (key: string) => string) => String(value).split(/, ?/).filter(Boolean).map(nameOf).join(', ')
  const setting = (key: string) =>
    worded(t, `settings.field.${key}.label`, worded(t, `settings.section.${key}`, key.replaceAll('_', ' ')))

  const said: Readonly<Record<string, (value: unknown, all: Details) => string | null>> = {
    before: (value, { after }) => t('settings.detail.moved', { before: stage(value), after: stage(after) }),
    after: (value, { before }) => (before === undefined ? stage(value) : null),
    conversations: (value) => t('settings.detail.conversations', { count: Number(value), number: format.number(Number(value)) }),
    leads: (value) => t('settings.detail.leads', { count: Number(value), number: format.number(Number(value)) }),
    role: (value) => worded(t, `words.role.${String(value)}`, String(value)),
    to: (value) => team.find(({ id }) => id === value)?.name ?? null,
    fields: (value) => listed(value, setting),
    parts: (value) => listed(value, (part) => worded(t, `settings.detail.part.${part}`, part)),
    removed: (value) => (value ? t('settings.detail.removed', { stages: listed(value, stage) }) : null),
    reason: (value) => worded(t, `settings.detail.ended.${String(value)}`, String(value)),
    false_positive: (value) => t(Number(value) ? 'settings.detail.falseAlarm' : 'settings.detail.rightAlarm'),
    kind: () => null,
  }
  return (details) =>
    Object.entries(details)
      .map(([name, value]) => (said[name] ? said[name](value, details) : null))
      .filter(Boolean)
      .join(' · ')
}
