import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/api-context'
import { keys } from '@/shared/api/keys'
import { useI18n } from '@/shared/i18n/i18n-context'
import { Switch } from '@/shared/ui/fields'
import { Row, Section } from '@/shared/ui/section'
import { useAction } from './use-action'

const key = [...keys.settings, 'ai'] as const

/** Whether the AI answers; switched off, every lead waits for the team. */
export function AiSwitch() {
  const { t } = useI18n()
  const api = useApi()
  const state = useQuery({ queryKey: key, queryFn: ({ signal }) => api.ask('get', '/settings/ai', {}, { signal }) })
  const turn = useAction((client, paused: boolean) => client.ask('post', '/settings/ai', { body: { paused } }), { forgets: key })
  const isPaused = turn.isPending ? turn.variables : state.data?.ai_paused
  return (
    <Section>
      <Row
        label={t('settings.aiAnswers')}
        hint={isPaused === undefined ? undefined : t(isPaused ? 'settings.aiPaused' : 'settings.aiRuns')}
        end={
          <Switch
            label={t('settings.aiAnswers')}
            isOn={isPaused === false}
            isDisabled={isPaused === undefined || turn.isPending}
            onChange={(isOn) => turn.mutate(!isOn)}
          />
        }
      />
    </Section>
  )
}
