import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { AiSwitch } from './ai-switch'
import { useDrafts } from './forms/drafts'
import { Mine } from './me/mine'
import type { PlaceGroup } from './places'
import styles from './settings.module.css'

interface Props {
  groups: readonly PlaceGroup[]
  openName: string | undefined
}

/** Oneself, the AI's switch, and the way to everything else. */
export function Home({ groups, openName }: Props) {
  const { t } = useI18n()
  const { role } = useMe()
  const { changes } = useDrafts()
  const isChanged = (paths: readonly string[]) => paths.some((path) => path in changes)
  return (
    <Page title={t('settings.title')}>
      <Mine />
      {role !== 'attendant' && <AiSwitch />}
      {groups.filter((group) => group.places.length > 0).map((group) => (
        <Section key={group.name} title={t(`settings.places.${group.name}`)}>
          {group.places.map(({ name, icon: Icon, form }) => {
            const paths = form?.groups.flatMap((one) => one.fields.map((field) => field.path)) ?? []
            return (
              <Row
                key={name}
                href={`/settings/${name}`}
                start={<span className={styles.icon}><Icon size={19} /></span>}
                label={openName === name ? <strong>{t(`settings.section.${name}`)}</strong> : t(`settings.section.${name}`)}
                hint={t(`settings.about.${name}`)}
                end={isChanged(paths) && <span className={styles.dot} role="img" aria-label={t('settings.unsaved')} />}
              />
            )
          })}
        </Section>
      ))}
    </Page>
  )
}
