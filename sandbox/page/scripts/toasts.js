// Short words that come and go: what a tap was answered with, and what was refused.

import { byId, el } from "./dom.js";
import { t } from "./texts.js";

const SHOWN_MS = 3600;

export function toast(words) {
  const shown = el("div", { cls: "toast" }, words);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

export function alertBox(words) {
  byId("alert-text").textContent = words;
  byId("alert").showModal();
}

/** Whether it went well; a refusal is shown. */
export async function attempt(doing) {
  try {
    await doing();
    return true;
  } catch (error) {
    toast(t("refused", { why: error.message }));
    return false;
  }
}
