// The page: what it shows first, what it hears, who draws what.

import { byId, el, keyed, toEnd } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { loadTexts, nextLanguage, t } from "./texts.js";
import { firstLeads, startLeads, takeThreads } from "./leads.js";
import { openDrawer, refreshTurns, startDecisions } from "./decisions.js";
import { startSwitches, take as takeSwitches } from "./switches.js";
import { startTeam, takeChats } from "./team.js";
import { follow } from "./stream.js";
import { get } from "./api.js";
import { openPanel, startPanel } from "./panel.js";
import { startChat } from "./chat.js";
import { startGuide } from "./guide.js";

const HEARD = {
  threads: (threads) => { takeThreads(threads); refreshTurns(); },
  chats: (chats) => { takeChats(chats); refreshTurns(); },
  switches: takeSwitches,
  model: () => refreshTurns(),
};

function startFrame() {
  byId("language").addEventListener("click", async () => {
    await loadTexts(nextLanguage());
    changed();
  });
  onChange(() => {
    byId("language").textContent = t("language.other");
    byId("language").lang = nextLanguage();
    document.title = t("title");
    drawViews();
  });
}

function drawViews() {
  const shown = ["lead", "team", ...(state.scene.decisions ? ["decisions"] : []), ...(state.scene.telegram ? ["panel"] : [])];
  keyed(byId("views"), shown.map((view) => ({ view, words: t(`view.${view}`), on: document.body.dataset.view === view })), (one) => one.view, (one) =>
    el("button", { type: "button", "aria-pressed": String(one.on), onclick: () => show(one.view) }, one.words));
}

function show(view) {
  document.body.dataset.view = view;
  if (view === "decisions") openDrawer(true);
  if (view === "panel" && !state.panel.open) openPanel();
  changed();
  queueMicrotask(() => ["bubbles", "messages"].forEach((log) => toEnd(byId(log))));
}

async function start() {
  await loadTexts();
  state.scene = await get("scene");
  state.team.me = state.scene.telegram?.users[0]?.id ?? null;
  for (const begin of [startFrame, startGuide, startLeads, startTeam, startChat, startSwitches, startDecisions, startPanel]) begin();
  changed();
  let begun = false;
  const heard = (event, data) => {
    HEARD[event](data);
    changed();
    // The first news tells of the leads there are; only then it is known which are missing.
    if (event === "switches" && !begun) {
      begun = true;
      firstLeads();
    }
  };
  await follow(heard, (connected) => { byId("lost").hidden = connected; });
}

start();
