import { AlarmClock, CalendarClock } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import { NAPS, endOf, picked } from './naps'

/** Until when the conversation is to sleep. */
export function SleepSheet({ onPick, onClose }: { onPick: (until: Date) => void; onClose: () => void }) {
  const { t } = useI18n()
  const [value, setValue] = useState('')
  const until = picked(value)
  return (
    <Sheet title={t('chat.sleepUntil')} onClose={onClose}>
      <Section>
        {NAPS.map((nap) => (
          <Row key={nap} start={<AlarmClock size={21} />} label={t(`chat.nap.${nap}`)} onClick={() => onPick(endOf(nap, new Date()))} />
        ))}
        <Row
          start={<CalendarClock size={21} />}
          label={t('chat.nap.picked')}
          end={<input type="datetime-local" aria-label={t('chat.nap.picked')} value={value} onChange={(event) => setValue(event.target.value)} />}
        />
      </Section>
      <Button look="filled" isWide disabled={until === null} onClick={() => until && onPick(until)}>
        {t('chat.sleep')}
      </Button>
    </Sheet>
  )
}
