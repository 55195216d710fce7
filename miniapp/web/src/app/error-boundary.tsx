import { CircleAlert } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { EmptyState } from '@/shared/ui/states'

/** What broke while it was drawn takes its own part of the screen along, and no more. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    return this.state.isBroken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { t } = useI18n()
  return (
    <EmptyState
      isBad
      icon={<CircleAlert size={34} />}
      title={t('common.broken')}
      action={<Button look="tinted" onClick={() => location.reload()}>{t('common.reload')}</Button>}
    />
  )
}
