import { useMe } from '@/shared/api/api-context'
import { hasCode } from '@/shared/api/problem'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { haptics } from '@/shared/telegram/haptics'
import { useErrorText } from '@/shared/ui/error-text'
import { Page } from '@/shared/ui/page'
import { Section } from '@/shared/ui/section'
import { ErrorState, SkeletonRows } from '@/shared/ui/states'
import { useToast } from '@/shared/ui/toast-context'
import { useBusiness, useOptions, useSaveBusiness } from '../api/business'
import { useDrafts } from './drafts'
import { faultsOf, faultText } from './faults'
import { FieldControl } from './field-control'
import type { FormDescription } from './fields'
import styles from './forms.module.css'
import { changed, valueAt, withChanges } from './paths'
import { SaveBar } from './save-bar'

/** A page of settings, made of its description. Managers read it, admins change it. */
export function BusinessForm({ form, onBack }: { form: FormDescription; onBack: () => void }) {
  const { t } = useI18n()
  const { role } = useMe()
  const { changes, setChanges } = useDrafts()
  const toast = useToast()
  const text = useErrorText()
  const business = useBusiness()
  const options = useOptions()
  const save = useSaveBusiness()
  const faults = faultsOf(save.error)
  const failed = business.error ?? options.error
  const title = t(`settings.section.${form.name}`)

  if (!business.data || !options.data) {
    return (
      <Page title={title} onBack={onBack} isSmall>
        {failed ? <ErrorState error={failed} onRetry={() => void Promise.all([business.refetch(), options.refetch()])} /> : <SkeletonRows count={6} />}
      </Page>
    )
  }
  const standing = business.data
  const shown = withChanges(standing, changes)
  const keep = () =>
    save.mutate(shown, {
      onSuccess: () => {
        setChanges({})
        haptics.done()
        toast({ text: t('settings.saved') })
      },
      onError: (error) => {
        haptics.refused()
        toast({ text: hasCode(error, 'settings_changed') ? t('settings.changedMeanwhile') : text(error), tone: 'bad' })
      },
    })
  const isChanged = Object.keys(changes).length > 0

  return (
    <Page title={title} onBack={onBack} isSmall>
      {role !== 'admin' && <p className={styles.notice}>{t('settings.onlyAdmins')}</p>}
      <fieldset className={styles.form} disabled={role !== 'admin'}>
        {form.groups.map((group, at) => (
          <Section
            key={group.name ?? at}
            isPadded
            {...(group.name ? { title: worded(t, `settings.group.${group.name}`, group.name) } : {})}
          >
            <div className={styles.fields}>
              {group.fields.map((field) => {
                const why = faults.get(field.path)
                return (
                  <FieldControl
                    key={field.path}
                    field={field}
                    have={options.data}
                    value={valueAt(shown, field.path)}
                    fault={why === undefined ? undefined : faultText(t, why)}
                    onChange={(value) => setChanges(changed(changes, standing, field.path, value))}
                  />
                )
              })}
            </div>
          </Section>
        ))}
      </fieldset>
      {isChanged && <SaveBar isBusy={save.isPending} onSave={keep} onDrop={() => setChanges({})} />}
    </Page>
  )
}
