import { useQuery } from '@tanstack/react-query'
import { Plug } from 'lucide-react'
import { useState } from 'react'
import { useApi, useMe } from '@/shared/api/api-context'
import type { Answer } from '@/shared/api/client'
import { keys } from '@/shared/api/keys'
import { ChannelMark, useAccountName } from '@/shared/domain/channel-mark'
import { useI18n } from '@/shared/i18n/i18n-context'
import { worded } from '@/shared/i18n/translate'
import { Badge } from '@/shared/ui/badge'
import { Button } from '@/shared/ui/button'
import { Page } from '@/shared/ui/page'
import { Row, Section } from '@/shared/ui/section'
import { EmptyState } from '@/shared/ui/states'
import { useToast } from '@/shared/ui/toast-context'
import { ConfirmSheet } from '../confirm-sheet'
import { Loaded } from '../loaded'
import type { PageProps } from '../places'
import styles from '../settings.module.css'
import { useAction } from '../use-action'

type Account = Answer<'get', '/channels'>['accounts'][number]

const key = [...keys.settings, 'channels'] as const

/** The accounts by which leads write; connected they are in the bot, where the tokens do not pass a screen. */
export function ChannelsPage({ onBack }: PageProps) {
  const { t } = useI18n()
  const api = useApi()
  const accountName = useAccountName()
  const [leaving, setLeaving] = useState<Account | null>(null)
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => api.ask('get', '/channels', {}, { signal }) })
  const disconnect = useAction((client, id: string) => client.ask('delete', '/channels/{account_id}', { path: { account_id: id } }), {
    forgets: key,
    done: 'settings.disconnected',
  })
  return (
    <Page title={t('settings.section.channels')} onBack={onBack} isSmall>
      <Loaded query={list}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <EmptyState icon={<Plug size={34} />} title={t('settings.noChannels')} text={t('settings.channelsNote')} />
          ) : (
            <Section note={t('settings.channelsNote')}>
              {accounts.map((account) => <AccountRow key={account.id} account={account} onLeave={() => setLeaving(account)} />)}
            </Section>
          )
        }
      </Loaded>
      {leaving && (
        <ConfirmSheet
          title={t('settings.disconnect')}
          text={t('settings.disconnectText', { name: accountName(leaving) })}
          doing={t('settings.disconnect')}
          isBusy={disconnect.isPending}
          onDo={() => disconnect.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </Page>
  )
}

function AccountRow({ account, onLeave }: { account: Account; onLeave: () => void }) {
  const { t } = useI18n()
  const toast = useToast()
  const isAdmin = useMe().role === 'admin'
  const accountName = useAccountName()
  const check = useAction((api) => api.ask('post', '/channels/{account_id}/check', { path: { account_id: account.id } }), { forgets: key })
  const tell = () =>
    check.mutate(undefined, {
      onSuccess: ({ sends, reason }) => {
        const text = t(sends === null ? 'settings.checkUnknown' : sends ? 'settings.checkGood' : 'settings.checkBad')
        toast({ text: [text, sends ? null : reason].filter(Boolean).join(' '), tone: sends === false ? 'bad' : 'plain' })
      },
    })
  const isActive = account.status === 'active'
  return (
    <Row
      start={<ChannelMark channel={account.channel} size={34} />}
      label={<strong>{accountName(account)}</strong>}
      end={<Badge tone={isActive ? 'good' : 'bad'}>{worded(t, `settings.accountStatus.${account.status}`, account.status)}</Badge>}
      hint={
        <>
          {account.label && <div>{accountName({ ...account, label: '' })}</div>}
          {account.stopped_reason && <div>{worded(t, `words.sendFailure.${account.stopped_reason}`, account.stopped_reason)}</div>}
          {isAdmin && (
            <div className={styles.actions}>
              <Button look="tinted" isSmall isBusy={check.isPending} onClick={tell}>{t('settings.check')}</Button>
              <Button isSmall onClick={onLeave}>{t('settings.disconnect')}</Button>
            </div>
          )}
        </>
      }
    />
  )
}
