import { useQueryClient } from '@tanstack/react-query'
import { useMe } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { LOCALES, type Locale } from '@/shared/i18n/locales'
import { Avatar } from '@/shared/ui/avatar'
import { Switch } from '@/shared/ui/fields'
import { Row, Section } from '@/shared/ui/section'
import { Segmented } from '@/shared/ui/segmented'
import { useAction } from '../use-action'
import { HomeScreenRow } from './home-screen'
import { Tenants } from './tenants'

interface Change {
  language?: Locale
  on_duty?: boolean
}

/** Who is signed in: whether he is on duty, his language, and where else he works. */
export function Mine() {
  const { t } = useI18n()
  const me = useMe()
  const client = useQueryClient()
  const change = useAction(
    async (api, body: Change) => client.setQueryData(keys.me, await api.ask('patch', '/me', { body })),
    { forgets: keys.team },
  )
  const shown = { ...me, ...(change.isPending ? change.variables : {}) }
  return (
    <Section note={t('settings.dutyNote')}>
      <Row
        start={<Avatar id={me.member_id} name={me.name} size={46} />}
        label={<strong>{me.name}</strong>}
        hint={`${t(`words.role.${me.role}`)} · ${me.tenant_name}`}
      />
      <Row
        label={t('settings.onDuty')}
        end={<Switch label={t('settings.onDuty')} isOn={shown.on_duty} isDisabled={change.isPending} onChange={(on_duty) => change.mutate({ on_duty })} />}
      />
      <Row
        label={t('settings.language')}
        end={
          <Segmented
            label={t('settings.language')}
            options={LOCALES.map((locale) => ({ value: locale, label: t(`settings.locale.${locale}`) }))}
            value={shown.language === 'en' ? 'en' : 'pt-BR'}
            onChange={(language) => change.mutate({ language })}
          />
        }
      />
      <Tenants />
      <HomeScreenRow />
    </Section>
  )
}
