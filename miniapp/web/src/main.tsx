import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app'
import { loadMessages, localeFor } from './shared/i18n/locales'
import { openInTelegram, tellReady } from './shared/telegram/launch'
import './styles/tokens.css'
import './styles/base.css'

const launch = openInTelegram()
const locale = localeFor(launch?.language ?? navigator.language)
const messages = await loadMessages(locale)
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <App launch={launch} locale={locale} messages={messages} />
  </StrictMode>,
)
tellReady()
