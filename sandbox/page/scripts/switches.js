// What can be broken, and what is broken now.

import { attempt } from "./toasts.js";
import { byId, el, keyed } from "./dom.js";
import { changed, onChange, state } from "./store.js";
import { post, remove } from "./api.js";
import { t } from "./texts.js";

export function startSwitches() {
  byId("faults-button").addEventListener("click", () => open(byId("faults").hidden));
  byId("faults-off").addEventListener("click", () => attempt(async () => take(await remove("switches"))));
  document.addEventListener("keydown", (event) => event.key === "Escape" && !byId("faults").hidden && open(false, true));
  document.addEventListener("pointerdown", (event) => !event.target.closest(".popover-place") && open(false));
  onChange(draw);
}

function open(whether, back = false) {
  byId("faults").hidden = !whether;
  byId("faults-button").setAttribute("aria-expanded", String(whether));
  if (whether) byId("faults-list").querySelector("button")?.focus();
  if (back) byId("faults-button").focus();
}

export function take(switches) {
  state.switches = switches;
  changed();
}

function draw() {
  const broken = Object.values(state.switches).filter(Boolean).length;
  byId("faults-button").classList.toggle("broken", broken > 0);
  byId("faults-state").textContent = broken ? t("faults.some", { count: broken }) : t("faults.none");
  byId("faults-off").disabled = !broken;
  const shown = Object.entries(state.switches).map(([name, on]) => ({ name, on, words: t(`fault.${name}`), hint: t(`fault.${name}.hint`) }));
  keyed(byId("faults-list"), shown, (one) => one.name, (one) =>
    el("button", { type: "button", cls: "switch", role: "switch", "aria-checked": String(one.on), onclick: () => turn(one.name, !one.on) },
      el("span", {}, one.words, el("small", {}, one.hint)), el("i", { "aria-hidden": "true" })));
}

const turn = (name, on) => attempt(async () => take(await post("switches", { name, on })));
