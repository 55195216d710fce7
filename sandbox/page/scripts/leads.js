// The left side: whose phone one holds, on which channel, and what is written on it.

import { attempt } from "./toasts.js";
import { byId, clock, composing, el, following, hueOf, initials, keyed, toEnd } from "./dom.js";
import { changed, onChange, state, threadKey } from "./store.js";
import { post } from "./api.js";
import { t } from "./texts.js";

const TICKS = { sent: "✓", delivered: "✓✓", read: "✓✓" };
const SUGGESTIONS = ["price", "hours", "person"];
const DOWN = { meta_whatsapp: "meta_down", zapi: "zapi_down", instagram: "instagram_down" };
let typingTimer;

export const current = () => state.threads.get(state.lead.keys[state.lead.channel]);
const threadsOf = (channel) => [...state.threads.values()].filter((thread) => thread.channel === channel);
const accountOf = (channel) => state.scene.accounts.find((one) => one.channel === channel);

export function startLeads() {
  byId("new-lead").addEventListener("click", () => attempt(newLead));
  composing(byId("lead-form"), byId("lead-words"), (text) => attempt(() => write("lead", text)));
  composing(byId("owner-form"), byId("owner-words"), (text) => attempt(() => write("owner", text)));
  byId("owner-words").addEventListener("keydown", (event) => event.key === "Escape" && event.target.blur());
  onChange(draw);
}

/** Each channel begins with one lead, who has not written yet. */
export async function firstLeads() {
  for (const { channel } of state.scene.accounts) {
    if (!threadsOf(channel).length) await makeLead(channel);
  }
  state.lead.channel = state.scene.accounts[0]?.channel ?? null;
  changed();
}

async function makeLead(channel) {
  const number = state.threads.size + 1;
  const thread = await post("leads", { channel, name: t("leads.name", { number }) });
  state.threads.set(threadKey(thread), thread);
  state.lead.keys[channel] = threadKey(thread);
}

async function newLead() {
  await makeLead(state.lead.channel);
  changed();
  byId("lead-words").focus();
}

async function write(whose, text) {
  const { channel, account, lead } = current();
  await post(whose, { channel, account, lead, text });
}

export function takeThreads(threads) {
  for (const thread of threads) {
    const key = threadKey(thread);
    state.threads.set(key, thread);
    state.lead.keys[thread.channel] ??= key;
    if (thread.bubbles.some((bubble) => bubble.side === "lead")) state.done.wrote = true;
  }
}

const unseen = (thread) =>
  thread.bubbles.filter((bubble) => bubble.side !== "lead").length - (state.lead.seen.get(threadKey(thread)) ?? 0);

function draw() {
  const thread = current();
  if (thread && (document.body.dataset.view === "lead" || innerWidth > 800)) {
    state.lead.seen.set(threadKey(thread), thread.bubbles.filter((bubble) => bubble.side !== "lead").length);
  }
  drawChannels();
  drawPeople();
  drawSuggestions();
  if (thread) drawPhone(thread);
}

function drawChannels() {
  const shown = state.scene.accounts.map(({ channel }) => ({
    channel,
    pressed: channel === state.lead.channel,
    news: threadsOf(channel).reduce((sum, thread) => sum + unseen(thread), 0),
    words: t(`channel.${channel}`),
    down: state.switches[DOWN[channel]] ? t(`fault.${DOWN[channel]}`) : "",
  }));
  keyed(byId("channels"), shown, (one) => one.channel, (one) =>
    el("button", { type: "button", "aria-pressed": String(one.pressed), onclick: () => choose(one.channel) },
      one.down ? el("span", { role: "img", "aria-label": one.down, title: one.down }, "⚠ ") : null, one.words, badge(one.news)));
}

function drawPeople() {
  const shown = threadsOf(state.lead.channel).map((thread) => ({
    key: threadKey(thread), name: thread.name, pressed: threadKey(thread) === state.lead.keys[state.lead.channel], news: unseen(thread),
  }));
  keyed(byId("leads"), shown, (one) => one.key, (one) =>
    el("button", { type: "button", cls: "person", "aria-pressed": String(one.pressed), onclick: () => choose(state.lead.channel, one.key) },
      el("span", { cls: "avatar", hue: hueOf(one.name), "aria-hidden": "true" }, initials(one.name)), one.name, badge(one.news)));
}

const badge = (count) => (count > 0 ? el("span", { cls: "dot" }, String(count)) : null);

function choose(channel, key) {
  state.lead.channel = channel;
  if (key) state.lead.keys[channel] = key;
  changed();
  queueMicrotask(() => toEnd(byId("bubbles")));
}

function drawSuggestions() {
  const shown = SUGGESTIONS.map((name) => ({ name, words: t(`suggestion.${name}`), title: t(`suggestion.${name}.why`) }));
  keyed(byId("suggestions"), shown, (one) => one.name, (one) =>
    el("button", { type: "button", title: one.title, onclick: () => attempt(() => write("lead", one.words)) }, one.words));
}

function drawPhone(thread) {
  const account = accountOf(thread.channel);
  const typing = thread.typing_until * 1000 > Date.now();
  byId("phone").classList.toggle("instagram", thread.channel === "instagram");
  byId("phone-name").textContent = account?.name ?? "";
  byId("phone-avatar").textContent = initials(account?.name ?? "");
  byId("phone-presence").textContent = typing ? t("phone.typing") : readable(account?.shown ?? "");
  byId("phone-channel").textContent = t(`channel.${thread.channel}`);
  drawBubbles(thread, typing);
  clearTimeout(typingTimer);
  if (typing) typingTimer = setTimeout(changed, thread.typing_until * 1000 - Date.now() + 50);
}

/** A Brazilian number as people write it. */
const readable = (shown) => shown.replace(/^(55)(\d{2})(\d{4,5})(\d{4})$/, "+$1 $2 $3-$4");

function drawBubbles(thread, typing) {
  const log = byId("bubbles");
  const atEnd = following(log);
  const shown = thread.bubbles.map((bubble) => ({ ...bubble, key: bubble.id, words: t("owner.by") }));
  if (!shown.length) shown.push({ key: `blank ${threadKey(thread)}`, blank: t("phone.blank", { name: thread.name }) });
  if (typing) shown.push({ key: "typing", typing: t("phone.typing") });
  keyed(log, shown, (one) => one.key, bubble);
  if (atEnd) toEnd(log);
}

function bubble(one) {
  if (one.blank) return el("li", { cls: "blank" }, one.blank);
  if (one.typing) return el("li", { cls: "typing", "aria-label": one.typing }, el("i"), el("i"), el("i"));
  const own = one.side === "lead";
  return el("li", { cls: `bubble ${own ? "own" : ""} ${one.side === "owner" ? "by-owner" : ""}` },
    one.side === "owner" ? el("span", { cls: "by" }, one.words) : null,
    one.text,
    el("span", { cls: "meta" }, clock(one.at),
      own ? el("span", { cls: `tick ${one.tick}`, role: "img", "aria-label": t(`tick.${one.tick}`), title: t(`tick.${one.tick}`) }, TICKS[one.tick]) : null));
}
