// The managers' panel, in a phone beside the chats: whoever of the team is chosen opens it in his Telegram.

import { attempt, toast } from "./toasts.js";
import { byId, el, keyed } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { MiniApp, theme } from "./mini-app.js";
import { bot } from "./team.js";
import { openDrawer } from "./decisions.js";
import { post } from "./api.js";
import { t } from "./texts.js";

let app = null;
let asksFirst = false;

export function startPanel() {
  byId("panel-button").hidden = !state.scene.telegram;
  byId("panel-button").addEventListener("click", () => (state.panel.open ? close() : openPanel()));
  byId("panel-close").addEventListener("click", close);
  byId("decisions-button").addEventListener("click", leave); // there is room for one of the two
  byId("panel-wide").addEventListener("click", () => {
    state.panel.wide = !state.panel.wide;
    changed();
  });
  byId("panel-back").addEventListener("click", () => app?.tell("back_button_pressed"));
  byId("panel-main").addEventListener("click", () => app?.tell("main_button_pressed"));
  onChange(draw);
}

/** Open it as `who`; `way` is the button or the link that was tapped. With none it is opened as from the bot's profile. */
export function openPanel({ who = state.panel.who ?? state.scene.telegram.users.at(-1).id, way = { start_param: "" } } = {}) {
  return attempt(async () => {
    const { url } = await post("telegram/launch", { user_id: who, bot_id: bot().id, theme_params: theme(), ...way });
    app?.end();
    openDrawer(false);
    asksFirst = false;
    client.backButton(false);
    client.mainButton({ is_visible: false });
    Object.assign(state.panel, { open: true, who, ready: false });
    app = new MiniApp(url, t("panel.frame"), client);
    byId("panel-screen").append(app.frame);
    changed();
  });
}

/** Where a link of Telegram's leads, if it opens the bot's main Mini App. */
export function startAppOf(url) {
  const link = new URL(url, "https://t.me");
  const ours = link.hostname === "t.me" && link.pathname.slice(1) === bot()?.username;
  return ours ? link.searchParams.get("startapp") : null;
}

async function close() {
  if (asksFirst && (await ask(t("panel.unsaved"), [{ id: "stay", text: t("panel.stay") }, { id: "go", text: t("close") }])) !== "go") return;
  leave();
  byId("panel-button").focus();
}

function leave() {
  app?.end();
  app = null;
  Object.assign(state.panel, { open: false });
  changed();
}

/** What Telegram's client does for the app. */
const client = {
  ready: () => { Object.assign(state.panel, { ready: true }); changed(); },
  close,
  confirmClosing: (whether) => { asksFirst = whether; },
  backButton: (whether) => { byId("panel-back").hidden = !whether; },
  mainButton({ is_visible: isVisible, is_active: isActive, is_progress_visible: isBusy, text, color, text_color: ink }) {
    const button = byId("panel-main");
    if (isVisible !== undefined) button.hidden = !isVisible;
    if (isActive !== undefined) button.disabled = !isActive;
    if (isBusy !== undefined) button.setAttribute("aria-busy", String(isBusy));
    if (text !== undefined) button.textContent = text;
    if (color) button.style.background = color;
    if (ink) button.style.color = ink;
  },
  popup: ({ title, message, buttons }) => ask([title, message].filter(Boolean).join("\n"), buttons),
  openLink: (url) => (/^https?:/.test(url) ? open(url, "_blank", "noopener,noreferrer") : toast(url)),
};

const WORDS = { ok: "OK", close: "close", cancel: "cancel" };

/** The id of the button that was pressed; nothing, when it was closed without. */
function ask(words, buttons) {
  const box = byId("panel-popup");
  byId("panel-popup-text").textContent = words;
  byId("panel-popup-buttons").replaceChildren(...(buttons?.length ? buttons : [{ type: "close" }]).map((one) =>
    el("button", { cls: "quiet", value: one.id ?? "" }, one.text ?? (one.type === "ok" ? "OK" : t(WORDS[one.type] ?? "close")))));
  box.returnValue = "";
  box.showModal();
  return new Promise((answered) => box.addEventListener("close", () => answered(box.returnValue), { once: true }));
}

function draw() {
  const { open: isOpen, who, wide, ready } = state.panel;
  byId("panel").hidden = !isOpen;
  byId("panel-button").setAttribute("aria-expanded", String(isOpen));
  document.body.classList.toggle("paneled", isOpen);
  document.body.classList.toggle("panel-wide", isOpen && wide);
  byId("panel-wide").setAttribute("aria-pressed", String(wide));
  byId("panel-screen").setAttribute("aria-busy", String(!ready));
  if (!isOpen) return;
  const shown = state.scene.telegram.users.map((user) => ({ id: user.id, name: user.first_name, on: user.id === who }));
  keyed(byId("panel-people"), shown, (one) => one.id, (one) =>
    el("button", { type: "button", "aria-pressed": String(one.on), onclick: () => openPanel({ who: one.id }) }, one.name));
}
