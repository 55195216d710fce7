import { ArrowLeftRight, Check } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/shared/api/api-context'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import styles from '../settings.module.css'
import { useSwitchTenant } from './use-switch-tenant'

/** The other businesses of who works in several. */
export function Tenants() {
  const { t } = useI18n()
  const me = useMe()
  const [isChoosing, setIsChoosing] = useState(false)
  const change = useSwitchTenant()
  if (me.tenants.length < 2) return null
  return (
    <>
      <Row
        start={<span className={styles.icon}><ArrowLeftRight size={19} /></span>}
        label={t('settings.switchTenant')}
        hint={me.tenant_name}
        onClick={() => setIsChoosing(true)}
      />
      {isChoosing && (
        <Sheet title={t('settings.switchTenant')} onClose={() => setIsChoosing(false)}>
          <Section>
            {me.tenants.map((tenant) => (
              <Row
                key={tenant.id}
                label={tenant.name}
                hint={t(`words.role.${tenant.role}`)}
                end={tenant.id === me.tenant_id && <Check size={20} aria-label={t('settings.isHere')} />}
                onClick={() => (tenant.id === me.tenant_id ? setIsChoosing(false) : change.mutate(tenant.id))}
              />
            ))}
          </Section>
        </Sheet>
      )}
    </>
  )
}
