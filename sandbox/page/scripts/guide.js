// The hint that a stranger follows: what to do next, and what is done.

import { byId, el, keyed } from "./dom.js";
import { onChange, state } from "./store.js";
import { t } from "./texts.js";

const STEPS = ["wrote", "asked", "took", "answered"];

export function startGuide() {
  onChange(() => {
    const now = STEPS.find((step) => !state.done[step]);
    const shown = now ? STEPS.map((step) => ({ step, words: t(`guide.${step}`), cls: state.done[step] ? "done" : step === now ? "now" : "" })) : [{ step: "all", words: t("guide.all"), cls: "done all" }];
    keyed(byId("guide"), shown, (one) => one.step, (one) => el("li", { cls: one.cls, "aria-current": one.cls === "now" ? "step" : null }, one.words));
  });
}
