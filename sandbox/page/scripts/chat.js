// The open chat: its messages, and what one writes there.

import { attempt } from "./toasts.js";
import { bot, isService, me, nameOf, openChat, openThread, previewOf, serviceWords } from "./team.js";
import { byId, composing, el, following, hueOf, initials, keyed, toEnd } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { message as drawn } from "./message.js";
import { openPanel } from "./panel.js";
import { post } from "./api.js";
import { t } from "./texts.js";

let shownPlace = "";
let typingTimer;
let asked = 0;

export function startChat() {
  composing(byId("team-form"), byId("team-words"), send);
  byId("replying-off").addEventListener("click", drop);
  byId("menu-button").addEventListener("click", () => openPanel({ who: state.team.me, way: {} }));
  byId("commands-button").addEventListener("click", () => showCommands(byId("commands").hidden));
  byId("team-words").addEventListener("input", (event) => showCommands(event.target.value.startsWith("/") && !event.target.value.includes(" ")));
  byId("team-form").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!byId("commands").hidden) showCommands(false, true);
    else drop();
  });
  onChange(draw);
}

/** Who acts, and where, as the emulator's control calls want it. */
export function place() {
  const chat = openChat();
  return { user_id: state.team.me, ...(chat && chat.type !== "private" ? { chat_id: chat.id } : { bot_id: bot()?.id }) };
}

function send(text) {
  showCommands(false);
  const { editing, replyTo, topic } = state.team;
  return attempt(async () => {
    if (editing) await post("telegram/edit", { ...place(), message_id: editing, text });
    else await post("telegram/write", { ...place(), text, ...(topic ? { thread_id: topic } : {}), ...(replyTo ? { reply_to: replyTo } : {}) });
    drop();
  });
}

function drop() {
  Object.assign(state.team, { replyTo: null, editing: null });
  changed();
}

export function answer(message) {
  Object.assign(state.team, { replyTo: message.message_id, editing: null });
  changed();
  byId("team-words").focus();
}

export function rewrite(message) {
  Object.assign(state.team, { replyTo: null, editing: message.message_id });
  byId("team-words").value = message.text;
  changed();
  byId("team-words").focus();
}

function draw() {
  const thread = openThread();
  byId("chat").hidden = !thread;
  if (!thread) return;
  const chat = thread.chat;
  byId("chat-title").textContent = nameOf(thread);
  byId("chat-avatar").textContent = thread.topic ? initials(thread.name) : chat.type === "private" ? "🤖" : "#";
  byId("chat-avatar").style.setProperty("--hue", thread.topic ? hueOf(thread.name) : "#5b6066");
  const typing = typingIn(thread);
  byId("chat-about").textContent = typing ? t("phone.typing") : aboutOf(chat);
  drawMessages(thread);
  drawReplying(thread);
  drawMenu(chat);
  noticeQuestion(thread);
}

const aboutOf = (chat) => trouble() ?? (chat.type === "private" ? t("team.alone", { who: me()?.first_name ?? "" }) : t("team.members", { title: chat.title, count: chat.members.length }));

/** What is broken at Telegram now, said where one would wonder. */
function trouble() {
  const name = ["telegram_down", "telegram_limited"].find((one) => state.switches[one]);
  return name && `⚠ ${t(`fault.${name}`)}`;
}

function typingIn(thread) {
  const [typing] = thread.chat.typing.filter((one) => (one.thread_id || null) === thread.topic && one.until * 1000 > Date.now());
  clearTimeout(typingTimer);
  if (typing) typingTimer = setTimeout(changed, typing.until * 1000 - Date.now() + 50);
  return Boolean(typing);
}

function drawMessages(thread) {
  const log = byId("messages");
  const where = `${state.team.me}/${thread.chat.id}/${thread.topic}`;
  const atEnd = where !== shownPlace || following(log);
  shownPlace = where;
  const shown = thread.messages.map((message) => ({ key: `${where}/${message.message_id}`, message, me: state.team.me, took: state.done.took, service: isService(message) ? serviceWords(message) : "" }));
  if (!shown.length) shown.push({ key: `blank ${where}`, blank: t(thread.chat.type === "private" ? "team.blank.private" : "team.blank.group") });
  keyed(log, shown, (one) => one.key, (one) =>
    one.blank ? el("li", { cls: "blank" }, one.blank) : one.service ? el("li", { cls: "service" }, one.service) : drawn(one.message, thread));
  if (atEnd) toEnd(log);
}

function drawReplying(thread) {
  const { replyTo, editing } = state.team;
  const meant = thread.messages.find((message) => message.message_id === (editing ?? replyTo));
  byId("replying").hidden = !meant;
  if (meant) byId("replying-to").textContent = t(editing ? "team.editing" : "team.replying", { words: previewOf(meant) });
}

/** What the bot put beside the text field; Telegram shows it in private chats alone. */
function drawMenu(chat) {
  const menu = chat.menu_button;
  byId("menu-button").hidden = menu?.type !== "web_app";
  if (menu?.type === "web_app") byId("menu-button").textContent = menu.text;
}

/** The bot asks for an answer (a forced reply): the next words are one. */
function noticeQuestion(thread) {
  const last = thread.messages.at(-1);
  if (!last?.reply_markup?.force_reply || last.message_id <= asked) return;
  asked = last.message_id;
  const whose = last.reply_to_message?.from?.id;
  if (thread.chat.type === "private" || !last.reply_markup.selective || whose === state.team.me) answer(last);
}

function showCommands(whether, back = false) {
  const typed = byId("team-words").value;
  const commands = (state.chats.get(state.team.me)?.commands ?? []).filter(({ command }) => !typed || `/${command}`.startsWith(typed));
  const shown = whether && commands.length > 0;
  byId("commands").hidden = !shown;
  byId("commands-button").setAttribute("aria-expanded", String(shown));
  keyed(byId("commands"), shown ? commands : [], (one) => one.command, (one) =>
    el("button", { type: "button", onclick: () => send(`/${one.command}`).then(() => { byId("team-words").value = ""; }) }, el("b", {}, `/${one.command}`), one.description));
  if (back) byId("commands-button").focus();
}
