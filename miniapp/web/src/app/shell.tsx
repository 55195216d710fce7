import { Suspense } from 'react'
import { Redirect, useLocation } from 'wouter'
import { useMe } from '@/shared/api/api-context'
import { Splash } from './gate-screens'
import { ErrorBoundary } from './error-boundary'
import { AwayBanner } from './away-banner'
import { LiveBanner } from './live-banner'
import { Navigation } from './navigation'
import { sections, type Section } from './sections'
import styles from './shell.module.css'

/** The navigation and the section that is open. */
export function Shell() {
  const [location] = useLocation()
  const { role } = useMe()
  const own = sections.filter((section) => section.roles?.includes(role) ?? true)
  const open = own.find((section) => isWithin(section, location))
  if (open === undefined) return <Redirect to="/leads" replace />
  const isDeep = location.split('/').length > 2
  return (
    <div className={styles.shell} data-deep={isDeep}>
      <Navigation sections={own} open={open} />
      <main className={styles.main}>
        <LiveBanner />
        <AwayBanner />
        <div className={styles.section}>
          <ErrorBoundary key={open.path}>
            <Suspense fallback={<Splash />}>
              <open.page />
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
    </div>
  )
}

function isWithin(section: Section, location: string): boolean {
  return [section.path, ...(section.also ?? [])].some((path) => location === path || location.startsWith(`${path}/`))
}
