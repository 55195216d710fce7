// The right side: who one is in the team, and which chat one looks at.

import { byId, el, hueOf, initials, keyed, toEnd } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { t } from "./texts.js";

export const me = () => state.scene.telegram?.users.find((user) => user.id === state.team.me);
export const bot = () => state.scene.telegram?.bots[0];
export const openChat = () => state.chats.get(state.team.chat);

export function startTeam() {
  byId("chat-back").addEventListener("click", () => {
    byId("telegram").classList.remove("inside");
    byId("chats").querySelector("[aria-current=true]")?.focus();
  });
  onChange(draw);
}

/** Chats came, whole; until somebody chooses one, the newest card is what is shown. */
export function takeChats(chats) {
  for (const chat of chats) state.chats.set(chat.id, chat);
  const group = [...state.chats.values()].find((chat) => chat.type !== "private");
  if (!state.team.chosen) {
    const newest = group && threadsOf(group).filter((thread) => thread.topic).at(0);
    Object.assign(state.team, { chat: group?.id ?? state.team.me, topic: newest?.topic ?? null });
  }
  for (const chat of chats) noticeProgress(chat);
}

function noticeProgress(chat) {
  const cards = chat.messages.filter((message) => message.from?.is_bot && message.reply_markup?.inline_keyboard);
  if (cards.length) state.done.asked = true;
  if (chat.taps.some((tap) => tap.data.includes(":take:"))) state.done.took = true;
  const words = chat.messages.filter((message) => !message.from?.is_bot && message.text && !message.text.startsWith("/"));
  if (state.done.took && words.some((message) => message.reactions.length)) state.done.answered = true;
}

/** The threads of a chat: a forum's topics with the latest first, then its general one; any other chat is one thread. */
export function threadsOf(chat) {
  const whole = { chat, topic: null, messages: chat.messages.filter((message) => !chat.is_forum || !message.is_topic_message) };
  if (!chat.is_forum) return [whole];
  const topics = chat.topics.map((topic) => ({
    chat, topic: topic.message_thread_id, name: topic.name, closed: topic.closed, color: topic.icon_color,
    messages: chat.messages.filter((message) => message.is_topic_message && message.message_thread_id === topic.message_thread_id),
  }));
  topics.sort((a, b) => (b.messages.at(-1)?.message_id ?? 0) - (a.messages.at(-1)?.message_id ?? 0));
  return [...topics, whole];
}

export const openThread = () => {
  const chat = openChat();
  return chat && (threadsOf(chat).find((thread) => thread.topic === state.team.topic) ?? threadsOf(chat).at(-1));
};

const seenKey = (thread) => `${state.team.me}/${thread.chat.id}/${thread.topic}`;

const unseen = (thread) =>
  thread.messages.filter((message) => message.from?.id !== state.team.me && message.message_id > (state.team.seen.get(seenKey(thread)) ?? 0)).length;

function draw() {
  const team = state.scene.telegram;
  byId("team-panel").classList.toggle("absent", !team);
  if (!team) return drawAbsent();
  const thread = openThread();
  if (thread && (document.body.dataset.view === "team" || innerWidth > 800)) {
    state.team.seen.set(seenKey(thread), thread.messages.at(-1)?.message_id ?? 0);
  }
  drawWho(team);
  drawChats();
}

function drawAbsent() {
  byId("chats").replaceChildren(el("p", { cls: "blank" }, t("team.absent")));
  byId("chat").hidden = true;
}

function drawWho(team) {
  const shown = team.users.map((user) => ({ id: user.id, name: user.first_name, on: user.id === state.team.me }));
  keyed(byId("who"), shown, (one) => one.id, (one) =>
    el("button", { type: "button", cls: "person", "aria-pressed": String(one.on), onclick: () => become(one.id) },
      el("span", { cls: "avatar", hue: hueOf(one.name), "aria-hidden": "true" }, initials(one.name)), one.name));
}

function become(id) {
  const inPrivate = openChat()?.type === "private";
  Object.assign(state.team, { me: id, replyTo: null, editing: null });
  if (inPrivate) Object.assign(state.team, { chat: id, topic: null });
  changed();
}

function drawChats() {
  const groups = [...state.chats.values()].filter((chat) => chat.members.some((member) => member.user.id === state.team.me));
  const own = state.chats.get(state.team.me);
  const shown = [
    ...groups.flatMap((chat) => [{ key: `h${chat.id}`, heading: chat.title }, ...threadsOf(chat).map(entryOf)]),
    ...(own ? [{ key: "hp", heading: t("team.private") }, entryOf(threadsOf(own)[0])] : []),
  ];
  keyed(byId("chats"), shown, (one) => one.key, (one) => (one.heading ? el("h3", {}, one.heading) : entry(one)));
}

function entryOf(thread) {
  const last = thread.messages.at(-1);
  return {
    key: `${thread.chat.id}/${thread.topic}`, chat: thread.chat.id, topic: thread.topic, name: nameOf(thread), closed: thread.closed,
    preview: last ? previewOf(last) : t("team.empty"), news: unseen(thread),
    on: thread.chat.id === state.team.chat && thread.topic === (openThread()?.topic ?? null),
  };
}

export function nameOf(thread) {
  if (thread.topic) return thread.name;
  return thread.chat.type === "private" ? bot()?.first_name ?? "" : thread.chat.is_forum ? t("team.general") : thread.chat.title;
}

export const previewOf = (message) => (message.text ?? message.caption ?? serviceWords(message)).split("\n")[0];

function entry(one) {
  return el("button", { type: "button", cls: "chat-entry", "aria-current": one.on ? "true" : null, onclick: () => choose(one) },
    el("span", { cls: "avatar", hue: one.topic ? hueOf(one.name) : "#5b6066", "aria-hidden": "true" }, one.topic ? initials(one.name) : one.chat > 0 ? "🤖" : "#"),
    el("span", { cls: "lines" }, el("strong", {}, one.closed ? "🔒 " : "", one.name), el("small", {}, one.preview)),
    one.news ? el("span", { cls: "dot" }, String(one.news)) : null);
}

function choose(one) {
  Object.assign(state.team, { chat: one.chat, topic: one.topic, chosen: true, replyTo: null, editing: null });
  byId("telegram").classList.add("inside");
  changed();
  queueMicrotask(() => toEnd(byId("messages")));
}

/** What a message says that nobody wrote. */
export function serviceWords(message) {
  const who = message.from?.first_name ?? "";
  if (message.forum_topic_created) return t("service.topic", { who, name: message.forum_topic_created.name });
  if (message.forum_topic_edited) return t("service.renamed", { who, name: message.forum_topic_edited.name ?? "" });
  if (message.forum_topic_closed) return t("service.closed", { who });
  if (message.forum_topic_reopened) return t("service.reopened", { who });
  if (message.new_chat_members) return t("service.joined", { who: message.new_chat_members.map((one) => one.first_name).join(", ") });
  if (message.left_chat_member) return t("service.left", { who: message.left_chat_member.first_name });
  if (message.pinned_message) return t("service.pinned", { who });
  const kind = ["photo", "video", "voice", "audio", "document", "sticker", "location", "contact"].find((one) => message[one]);
  return kind ? t(`kind.${kind}`) : t("service.other");
}

const SERVICE = ["forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "new_chat_members", "left_chat_member", "pinned_message"];
export const isService = (message) => SERVICE.some((one) => message[one]);
