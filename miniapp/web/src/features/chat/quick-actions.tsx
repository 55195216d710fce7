import { Bot, CircleCheck } from 'lucide-react'
import type { Conversation } from '@/shared/api/model'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Button } from '@/shared/ui/button'
import { useTurns } from './api/turns'

/** What is done most, in sight where there is room for it. */
export function QuickActions({ conversation: { id, can, status } }: { conversation: Conversation }) {
  const { t } = useI18n()
  const { giveBack, close } = useTurns(id)
  return (
    <>
      {can.give_back && (
        <Button isSmall icon={<Bot size={17} aria-hidden />} isBusy={giveBack.isPending} onClick={() => giveBack.mutate()}>
          {t('chat.giveBack')}
        </Button>
      )}
      {can.close && status === 'human' && (
        <Button isSmall icon={<CircleCheck size={17} aria-hidden />} isBusy={close.isPending} onClick={() => close.mutate()}>
          {t('chat.close')}
        </Button>
      )}
    </>
  )
}
