import { worded, type Translate } from '@/shared/i18n/translate'
import type { Options } from '../api/business'
import type { Choice, FormDescription } from './fields'

const WEEK_MINUTES = 7 * 24 * 60

const models = (have: Options, t: Translate): Choice[] =>
  have.models.map(({ id, name, thrifty }) => ({ value: id, label: thrifty ? t('settings.thrifty', { name }) : name }))
const efforts = (have: Options, t: Translate): Choice[] => named(t, 'effort', have.efforts)
const zones = (have: Options): Choice[] => have.timezones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
const locales = (have: Options, t: Translate): Choice[] => named(t, 'locale', have.locales)
const intents = (have: Options, t: Translate): Choice[] => named(t, 'intent', have.intents)
const inboxes = (_have: Options, t: Translate): Choice[] => named(t, 'inbox', ['auto', 'group', 'private', 'both'])
const beyondPlan = (_have: Options, t: Translate): Choice[] => named(t, 'beyondPlan', ['answer', 'people'])
const waits = (_have: Options, t: Translate): Choice[] => named(t, 'wait', ['ai', 'message', 'nothing'])
const silences = (_have: Options, t: Translate): Choice[] => named(t, 'silence', ['alert', 'release', 'ai'])
const stages = (have: Options): Choice[] => have.stages.map(({ key, name }) => ({ value: key, label: name }))
const sensitive = (_have: Options, t: Translate): Choice[] => named(t, 'sensitive', ['none', 'health', 'other'])

/** The values under the names that this release has for them. */
function named(t: Translate, what: string, values: readonly string[]): Choice[] {
  return values.map((value) => ({ value, label: worded(t, `settings.${what}.${value}`, value) }))
}

export const company: FormDescription = {
  name: 'company',
  groups: [
    { fields: [
      { path: 'name', kind: 'text', longest: 200 },
      { path: 'timezone', kind: 'choice', among: zones },
      { path: 'locale', kind: 'choice', among: locales },
    ] },
    { name: 'facts', fields: [
      { path: 'business', kind: 'long', longest: 40_000 },
      { path: 'internal_notes', kind: 'long', longest: 20_000 },
    ] },
    { name: 'privacy', fields: [
      { path: 'privacy_link', kind: 'text', longest: 500, isAddress: true },
      { path: 'privacy.message_days', kind: 'number', from: 30, to: 3650, unit: 'days', isWhole: true },
      { path: 'privacy.lead_days', kind: 'number', from: 180, to: 3650, unit: 'days', isWhole: true },
      { path: 'privacy.sensitive', kind: 'choice', among: sensitive },
      { path: 'privacy.small_agent', kind: 'switch' },
    ] },
  ],
}

export const hours: FormDescription = { name: 'hours', groups: [{ fields: [{ path: 'hours.spans', kind: 'hours' }] }] }

export const messages: FormDescription = {
  name: 'messages',
  groups: [
    { name: 'transition', fields: [
      { path: 'messages.transition_open', kind: 'long', longest: 1000 },
      { path: 'messages.transition_closed', kind: 'long', longest: 1000 },
    ] },
    { name: 'trouble', fields: [
      { path: 'messages.generic', kind: 'long', longest: 1000 },
      { path: 'messages.apology', kind: 'long', longest: 1000 },
      { path: 'messages.still_waiting', kind: 'long', longest: 1000 },
    ] },
  ],
}

export const ai: FormDescription = {
  name: 'ai',
  groups: [
    { name: 'voice', fields: [{ path: 'persona', kind: 'long', longest: 10_000 }] },
    { name: 'model', fields: [
      { path: 'model', kind: 'choice', among: models },
      { path: 'fallback_model', kind: 'choice', among: models },
      { path: 'effort', kind: 'choice', among: efforts },
    ] },
    { name: 'pace', fields: [
      { path: 'debounce_seconds', kind: 'number', from: 0, to: 15, unit: 'seconds' },
      { path: 'max_bubbles', kind: 'number', from: 1, to: 3, isWhole: true },
    ] },
    { name: 'limits', fields: [
      { path: 'monthly_budget_usd', kind: 'number', from: 0, to: 1_000_000, unit: 'dollars' },
      { path: 'beyond_plan', kind: 'choice', among: beyondPlan },
      { path: 'knowledge_token_budget', kind: 'number', from: 500, to: 100_000, unit: 'tokens', isWhole: true },
    ] },
  ],
}

export const rules: FormDescription = {
  name: 'rules',
  groups: [
    { name: 'subjects', fields: [
      { path: 'hand_off.intents', kind: 'several', among: intents },
      { path: 'hand_off.on_price', kind: 'switch' },
      { path: 'hand_off.person_words', kind: 'words' },
    ] },
    { name: 'doubt', fields: [
      { path: 'hand_off.min_confidence', kind: 'number', from: 0, to: 100, unit: 'percent', isWhole: true },
      { path: 'hand_off.hot_score', kind: 'number', from: 0, to: 100, unit: 'points', isWhole: true },
      { path: 'hand_off.idle_turns', kind: 'number', from: 1, to: 1000, isWhole: true },
      { path: 'hand_off.unreadable_run', kind: 'number', from: 1, to: 100, isWhole: true },
      { path: 'hand_off.automatic_turns', kind: 'number', from: 0, to: 1000, isWhole: true },
    ] },
    { name: 'waiting', fields: [
      { path: 'inbox', kind: 'choice', among: inboxes },
      { path: 'hand_off.reminder_minutes', kind: 'number', from: 0, to: WEEK_MINUTES, unit: 'minutes', isWhole: true },
      { path: 'hand_off.escalation_minutes', kind: 'number', from: 0, to: WEEK_MINUTES, unit: 'minutes', isWhole: true },
      { path: 'hand_off.waiting_minutes', kind: 'number', from: 1, to: WEEK_MINUTES, unit: 'minutes', isWhole: true },
      { path: 'hand_off.waiting_action', kind: 'choice', among: waits },
      { path: 'hand_off.silent_minutes', kind: 'number', from: 0, to: WEEK_MINUTES, unit: 'minutes', isWhole: true },
      { path: 'hand_off.silent_action', kind: 'choice', among: silences },
    ] },
  ],
}

export const followUps: FormDescription = {
  name: 'followUps',
  groups: [
    { fields: [
      { path: 'follow_up.is_on', kind: 'switch' },
      { path: 'follow_up.steps', kind: 'steps' },
      { path: 'follow_up.stages', kind: 'several', among: stages },
    ] },
    { name: 'followUpTimes', fields: [
      { path: 'follow_up.hours', kind: 'quietHours' },
      { path: 'follow_up.holidays', kind: 'days' },
    ] },
  ],
}
