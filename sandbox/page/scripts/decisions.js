// The drawer: what the AI decided, and why.

import { byId, el, keyed } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { get } from "./api.js";
import { current } from "./leads.js";
import { turn } from "./turn.js";
import { t } from "./texts.js";

const GATHER_MS = 250;
const LOOK_AGAIN_MS = 4000;
let planned;
let failed = false;

export function startDecisions() {
  byId("decisions-button").hidden = !state.scene.decisions;
  byId("decisions-button").addEventListener("click", () => openDrawer(!state.drawer.open));
  byId("decisions-close").addEventListener("click", () => {
    openDrawer(false);
    byId("decisions-button").focus();
  });
  byId("decisions").addEventListener("keydown", (event) => event.key === "Escape" && byId("decisions-close").click());
  setInterval(refreshTurns, LOOK_AGAIN_MS); // a summary or a claim comes without any news of an emulator's
  onChange(draw);
}

export function openDrawer(whether) {
  state.drawer.open = whether;
  byId("decisions").hidden = !whether;
  byId("decisions-button").setAttribute("aria-expanded", String(whether));
  document.body.classList.toggle("explained", whether);
  refreshTurns();
  changed();
}

/** Ask for the latest turns soon, once for whatever happens meanwhile. */
export function refreshTurns() {
  if (!state.drawer.open || planned || document.hidden) return;
  planned = setTimeout(async () => {
    planned = undefined;
    try {
      state.turns = (await get("decisions")).turns;
      failed = false;
    } catch {
      failed = true;
    }
    changed();
  }, GATHER_MS);
}

const isOf = (one, thread) =>
  thread && one.channel === thread.channel && one.account === thread.account && one.reply_address === thread.lead;

function draw() {
  if (!state.drawer.open) return;
  drawScope();
  const thread = current();
  const shown = state.turns.filter((one) => state.drawer.all || isOf(one, thread)).map((one) => ({ ...one, named: state.drawer.all }));
  if (!shown.length) shown.push({ id: "blank", blank: t(failed ? "decisions.away" : "decisions.blank") });
  keyed(byId("turns"), shown, (one) => one.id, (one) => (one.blank ? el("li", { cls: "blank" }, one.blank) : turn(one)));
}

function drawScope() {
  const name = current()?.name ?? "";
  const shown = [{ all: false, words: t("decisions.one", { name }) }, { all: true, words: t("decisions.all") }];
  keyed(byId("decisions-scope"), shown.map((one) => ({ ...one, on: one.all === state.drawer.all })), (one) => one.all, (one) =>
    el("button", { type: "button", "aria-pressed": String(one.on), onclick: () => { state.drawer.all = one.all; changed(); } }, one.words));
}
