import { AlarmClock, ArrowLeftRight, Bot, CircleCheck, Hand, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Row, Section } from '@/shared/ui/section'
import { Sheet } from '@/shared/ui/sheet'
import { useTurns } from './api/turns'
import { ColleagueList } from './colleague-list'
import { SleepSheet } from './sleep-sheet'

/** What can be done with the conversation now, by who looks. */
export function ActionsSheet({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useI18n()
  const { can } = conversation
  const turns = useTurns(conversation.id)
  const [isPassingOn, setIsPassingOn] = useState(false)
  const [isPuttingToSleep, setIsPuttingToSleep] = useState(false)
  const then = (change: () => void) => () => {
    change()
    onClose()
  }
  if (isPuttingToSleep) return <SleepSheet onPick={(until) => then(() => turns.sleep.mutate(until))()} onClose={onClose} />
  if (isPassingOn) {
    return (
      <Sheet title={t('chat.transferTo')} onClose={onClose}>
        <ColleagueList conversation={conversation} onPick={(member) => then(() => turns.transfer.mutate(member))()} />
      </Sheet>
    )
  }
  return (
    <Sheet title={t('chat.actions')} onClose={onClose}>
      <Section>
        {can.take && <Row start={<Hand size={21} />} label={t('chat.take')} onClick={then(() => turns.take.mutate())} />}
        {can.give_back && <Row start={<Bot size={21} />} label={t('chat.giveBack')} onClick={then(() => turns.giveBack.mutate())} />}
        {can.transfer && (
          <Row start={<ArrowLeftRight size={21} />} label={t('chat.transfer')} onClick={() => setIsPassingOn(true)} />
        )}
        {can.snooze && conversation.asleep_until === null && (
          <Row start={<AlarmClock size={21} />} label={t('chat.sleep')} onClick={() => setIsPuttingToSleep(true)} />
        )}
        {can.snooze && conversation.asleep_until !== null && (
          <Row start={<Sun size={21} />} label={t('chat.wake')} onClick={then(() => turns.wake.mutate())} />
        )}
        {can.close && <Row start={<CircleCheck size={21} />} label={t('chat.close')} onClick={then(() => turns.close.mutate())} />}
        <Row start={<UserRound size={21} />} label={t('chat.openLead')} href={`/leads/${conversation.lead_id}`} />
      </Section>
    </Sheet>
  )
}
