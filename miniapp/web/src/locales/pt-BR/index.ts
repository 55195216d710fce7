import chat from './chat.json'
import common from './common.json'
import dashboard from './dashboard.json'
import errors from './errors.json'
import gate from './gate.json'
import lead from './lead.json'
import leads from './leads.json'
import nav from './nav.json'
import pipeline from './pipeline.json'
import settings from './settings.json'
import words from './words.json'

export default { chat, common, dashboard, errors, gate, lead, leads, nav, pipeline, settings, words }
