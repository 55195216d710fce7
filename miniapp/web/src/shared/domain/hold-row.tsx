import { useState, type ReactNode } from 'react'
import type { Hold } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Row } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import styles from './hold-row.module.css'
import { useHolding } from './use-holds'

/** A hold that stands: why, who placed it and when, how long, and the way to lift it. `subject`: what it keeps. */
export function HoldRow({ hold, subject }: { hold: Hold; subject: ReactNode }) {
  const { t, format } = useI18n()
  const [isLifting, setLifting] = useState(false)
  const who = hold.placed_by_name ?? t('words.hold.operator')
  return (
    <Row
      label={<strong>{subject}</strong>}
      hint={
        <>
          <div className={styles.reason}>{hold.reason}</div>
          <div>{t('words.hold.by', { who, when: format.moment(hold.placed_at) })}</div>
          <div>{hold.until ? t('words.hold.ends', { when: format.moment(hold.until) }) : t('words.hold.endless')}</div>
          <div className={styles.actions}><Button isSmall onClick={() => setLifting(true)}>{t('words.hold.lift')}</Button></div>
          {isLifting && <LiftSheet hold={hold} onClose={() => setLifting(false)} />}
        </>
      }
    />
  )
}

function LiftSheet({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { t } = useI18n()
  const { lift } = useHolding()
  return (
    <Sheet
      title={t('words.hold.lift')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" isBusy={lift.isPending} onClick={() => lift.mutate(hold.id, { onSettled: onClose })}>{t('words.hold.liftSure')}</Button>
        </>
      }
    >
      <p className={styles.text}>{t('words.hold.liftText')}</p>
    </Sheet>
  )
}
