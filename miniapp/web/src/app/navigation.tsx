import { Link } from 'wouter'
import { useI18n } from '@/shared/i18n/i18n-context'
import { haptics } from '@/shared/telegram/haptics'
import styles from './navigation.module.css'
import type { Section } from './sections'

/** Tabs at the bottom of a phone, a rail at the side of a wide screen. */
export function Navigation({ sections, open }: { sections: readonly Section[]; open: Section }) {
  const { t } = useI18n()
  return (
    <nav className={styles.navigation} aria-label={t('nav.label')}>
      {sections.map((section) => (
        <Link
          key={section.path}
          href={section.path}
          className={styles.tab ?? ''}
          aria-current={section === open ? 'page' : undefined}
          onClick={haptics.chosen}
        >
          <span className={styles.icon}><section.icon size={23} /></span>
          <span className={styles.label}>{t(section.label)}</span>
        </Link>
      ))}
    </nav>
  )
}
