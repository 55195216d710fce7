// One message of Telegram: words, buttons, reactions, and what one may do with it.

import { alertBox, attempt, toast } from "./toasts.js";
import { answer, place, rewrite } from "./chat.js";
import { clock, el, hueOf } from "./dom.js";
import { formatted } from "./entities.js";
import { post } from "./api.js";
import { previewOf, serviceWords } from "./team.js";
import { state } from "./store.js";
import { openPanel, startAppOf } from "./panel.js";
import { t } from "./texts.js";

const WAIT_MS = 10000;
const REACTIONS = ["👍", "❤"];

export function message(one, thread) {
  const own = one.from?.id === state.team.me;
  return el("li", { cls: `message ${own ? "own" : ""}` }, doings(one, own), body(one, own, thread), keyboard(one));
}

function body(one, own, thread) {
  const said = one.text ?? one.caption;
  return el("div", { cls: "body" },
    own ? null : from(one),
    quote(one, thread),
    el("span", { cls: "words" }, said === undefined ? serviceWords(one) : formatted(said, one.entities ?? one.caption_entities)),
    el("span", { cls: "meta" }, one.edit_date && !one.from?.is_bot ? `${t("team.edited")} ` : "", clock(one.date)),
    reactions(one));
}

function from({ from: sender }) {
  const name = el("span", { cls: "from" }, sender?.first_name ?? "", sender?.is_bot ? el("em", {}, "bot") : null);
  if (!sender?.is_bot) name.style.color = `color-mix(in srgb, ${hueOf(sender?.first_name ?? "")} 70%, var(--ink))`;
  return name;
}

/** In a topic everything answers the message that made it; only other answers are worth a quote. */
function quote(one, thread) {
  const meant = one.reply_to_message;
  if (!meant || meant.message_id === thread.topic) return null;
  return el("span", { cls: "quote" }, `${meant.from?.first_name ?? ""}: ${previewOf(meant)}`);
}

function reactions(one) {
  const given = new Map();
  for (const { emoji, user_id: user } of one.reactions) given.set(emoji, [...(given.get(emoji) ?? []), user]);
  if (!given.size) return null;
  return el("div", { cls: "reactions" }, [...given].map(([emoji, users]) =>
    el("button", { type: "button", "aria-pressed": String(users.includes(state.team.me)), title: meaning(emoji, one), "aria-label": `${emoji} ${meaning(emoji, one)}`,
      onclick: () => react(one, emoji) }, users.length > 1 ? `${emoji} ${users.length}` : emoji)));
}

/** What the bot says with a reaction on somebody's words: how far they came. */
function meaning(emoji, one) {
  const ticks = { "🕊": "tick.sent", "👌": "tick.delivered", "👀": "tick.read", "💔": "tick.failed", "🤔": "tick.unknown" };
  return ticks[emoji] && !one.from?.is_bot ? t(ticks[emoji]) : "";
}

function react(one, emoji) {
  const mine = one.reactions.filter(({ user_id: user }) => user === state.team.me).map((given) => given.emoji);
  const wanted = mine.includes(emoji) ? mine.filter((given) => given !== emoji) : [emoji];
  return attempt(() => post("telegram/react", { ...place(), message_id: one.message_id, emoji: wanted }));
}

function doings(one, own) {
  const doing = (sign, label, doIt) => el("button", { type: "button", "aria-label": label, title: label, onclick: doIt }, sign);
  return el("div", { cls: "doings" },
    doing("↩", t("team.reply"), () => answer(one)),
    own && one.text ? doing("✎", t("team.edit"), () => rewrite(one)) : null,
    REACTIONS.map((emoji) => doing(`${emoji}\uFE0F`, t("team.react", { emoji }), () => react(one, emoji))));
}

function keyboard(one) {
  const rows = one.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const takes = rows.flat().some((button) => button.callback_data?.includes(":take:"));
  return el("div", { cls: `keyboard ${takes && !state.done.took ? "primary" : ""}` }, rows.map((row) =>
    el("div", {}, row.map((button) => el("button", { type: "button", onclick: (event) => tap(event.currentTarget, one, button) }, button.text)))));
}

async function tap(pressed, one, button) {
  if (button.web_app) return openPanel({ who: state.team.me, way: { url: button.web_app.url } });
  if (button.url) return visit(button.url);
  if (button.copy_text) return navigator.clipboard.writeText(button.copy_text.text).then(() => toast(t("team.copied")));
  if (pressed.getAttribute("aria-busy") === "true") return undefined;
  pressed.setAttribute("aria-busy", "true");
  await attempt(async () => {
    const told = await post("telegram/tap", { ...place(), message_id: one.message_id, button: button.callback_data ?? button.text, wait_ms: WAIT_MS });
    if (told.answer === null) toast(t("team.unanswered"));
    else if (told.answer.show_alert && told.answer.text) alertBox(told.answer.text);
    else if (told.answer.text) toast(told.answer.text);
  });
  pressed.removeAttribute("aria-busy");
}

function visit(url) {
  const place = startAppOf(url);
  if (place !== null) return openPanel({ who: state.team.me, way: { start_param: place } });
  if (/^https?:\/\//.test(url)) open(url, "_blank", "noopener,noreferrer");
}
