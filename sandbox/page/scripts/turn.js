// One turn of the AI, explained.

import { currentLanguage, t, told } from "./texts.js";
import { el } from "./dom.js";

const MICROS = 1e6;

export function turn(one) {
  return el("li", { cls: "turn" },
    head(one),
    one.heard.map((words) => el("blockquote", {}, words ?? t("turn.unreadable"))),
    one.said.map(({ text, purpose }) => el("blockquote", { cls: "ai" }, el("small", {}, named("purpose", purpose)), text)),
    handOff(one.hand_off),
    facts(one),
    summary(one.hand_off),
    knowledge(one.prompt?.knowledge));
}

function head(one) {
  const kind = one.hand_off ? "warn" : one.outcome === "answered" ? "good" : "bad";
  const words = one.hand_off && one.outcome === "answered" ? t("outcome.handed_off") : named("outcome", one.outcome);
  return el("div", { cls: "turn-head" },
    el("span", { cls: `pill ${kind}` }, words),
    one.named ? el("small", {}, one.lead ?? one.reply_address) : null,
    el("time", { datetime: one.created_at }, new Date(one.created_at).toLocaleTimeString("pt-BR")));
}

function handOff(given) {
  if (!given) return null;
  const then = given.claimed_by ? t("turn.claimed", { who: given.claimed_by }) : given.returned_at ? t("turn.returned") : t("turn.waiting");
  return el("p", { cls: "why" }, el("strong", {}, t("turn.why")), ` ${named("reason", given.reason)}. ${then}`);
}

function facts(one) {
  const { decision, score_change: change, verdicts } = one;
  const rows = [
    decision && [t("turn.intent"), named("intent", decision.intent)],
    decision && [t("turn.confidence"), [`${decision.confidence} %`, el("meter", { min: 0, max: 100, low: 70, high: 85, optimum: 100, value: decision.confidence, "aria-hidden": "true" })]],
    [t("turn.score"), change ? `${change.before} → ${change.after} (${change.after > change.before ? "+" : ""}${change.after - change.before})` : t("turn.unchanged", { score: one.score })],
    decision && Object.keys(decision.facts).length && [t("turn.learned"), Object.entries(decision.facts).map(([name, value]) => `${name}: ${value}`).join("; ")],
    [t("turn.guard"), verdict(verdicts.guard)],
    verdicts.reply && [t("turn.reply"), verdict(verdicts.reply)],
    one.prompt?.stable && [t("turn.prompt"), t("turn.prompt.size", { stable: number(one.prompt.stable), variable: number(one.prompt.variable), count: one.prompt.history })],
    ...calls(one.calls),
    [t("turn.whole"), t("turn.seconds", { seconds: number(one.duration_ms / 1000, 1) }) + (one.restarts ? ` · ${t("turn.restarts", { count: one.restarts })}` : "")],
  ];
  return el("dl", {}, rows.filter(Boolean).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function verdict(given) {
  if (!given) return "";
  const kind = { clean: "good", ok: "good", suspicious: "warn", attack: "bad", block: "bad" }[given.verdict] ?? "";
  return [el("span", { cls: `pill ${kind}` }, named("verdict", given.verdict)), given.reasons.length ? ` ${given.reasons.join(", ")}` : ""];
}

/** The model calls of a turn: each that failed, and what the one that answered took. */
function calls(made) {
  const rows = made.map((call) => [call.model, call.outcome === "end_turn" || call.outcome === "ok" ? t("turn.call", {
    fresh: number(call.tokens_in + call.tokens_cache_write), cached: number(call.tokens_cache_read), out: number(call.tokens_out), ms: number(call.latency_ms),
  }) : `${call.outcome} · ${number(call.latency_ms)} ms`]);
  const cost = made.reduce((sum, call) => sum + call.cost_micros, 0) / MICROS;
  return made.length ? [...rows, [t("turn.cost"), `US$ ${number(cost, 5)}`]] : [];
}

function summary(given) {
  return given?.summary ? el("details", {}, el("summary", {}, t("turn.summary")), el("p", {}, given.summary)) : null;
}

function knowledge(used) {
  if (!used?.entries) return null;
  return el("details", {}, el("summary", {}, t(used.whole ? "turn.knowledge.whole" : "turn.knowledge.found", { count: used.entries })),
    el("ul", { cls: "titles" }, used.titles.map((title) => el("li", {}, title))));
}

const number = (value, digits = 0) => value.toLocaleString(currentLanguage(), { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The words for a code of the product's; a code that has none is shown as it is. */
const named = (group, code) => (told(`${group}.${code}`) ? t(`${group}.${code}`) : String(code ?? ""));
