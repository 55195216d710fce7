// Elements without markup: words are only ever set as text.

/** An element; `props` are attributes, `on…` listeners, and `dataset`; children are nodes or words. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "hue") node.style.setProperty("--hue", value);
    else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/**
 * Bring a list to show these items. What looks the same stays the same node, so that focus, scroll and screen readers
 * are not disturbed; `make(item)` draws what is new or changed.
 */
export function keyed(parent, items, keyOf, make) {
  const known = new Map([...parent.children].map((node) => [node.keyedBy, node]));
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const look = JSON.stringify([item, document.documentElement.lang]);
    const before = known.get(key);
    if (before && before.keyedLook === look) return before;
    const node = make(item);
    node.keyedBy = key;
    node.keyedLook = look;
    if (before) replaceKeepingFocus(before, node);
    return node;
  });
  const kept = new Set(wanted);
  [...parent.children].filter((node) => !kept.has(node)).forEach((node) => node.remove());
  wanted.forEach((node, place) => {
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
}

function replaceKeepingFocus(before, node) {
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  const places = focused ? [...before.querySelectorAll("button, a, summary")] : [];
  const place = places.indexOf(focused);
  node.style.animation = "none";
  const open = [...before.querySelectorAll("details")].map((one) => one.open);
  before.replaceWith(node);
  [...node.querySelectorAll("details")].forEach((one, at) => { one.open = open[at] ?? one.open; });
  if (focused === before) node.focus();
  else if (place >= 0) node.querySelectorAll("button, a, summary")[place]?.focus();
}

/** Whether a log is read at its end; then it follows what comes. */
export function following(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
}

export function toEnd(log) {
  log.scrollTop = log.scrollHeight;
}

/** Enter sends, with Shift it breaks the line; the box empties when its words were taken. */
export function composing(form, box, send) {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = box.value.trim();
    if (!words) return;
    box.value = "";
    const taken = await send(words);
    if (!taken && !box.value) box.value = words;
    box.focus();
  });
}

const HUES = ["#2f6f8f", "#7a4a8c", "#9a4a2f", "#2f7a52", "#8a6414", "#4a55a0", "#a03f63"];

/** The colour of somebody, always the same. */
export function hueOf(name) {
  return HUES[[...String(name)].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
}

export function initials(name) {
  const parts = String(name).split(/[\s·_.]+/).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const last = parts.length > 1 ? parts.at(-1)[0] : "";
  return ((parts[0]?.[0] ?? "?") + last).toUpperCase();
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit" });
