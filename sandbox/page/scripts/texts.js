// The page's words, in the language of choice; Portuguese first.

const LANGUAGES = ["pt-BR", "en"];
let words = {};
let language = LANGUAGES[0];

export const currentLanguage = () => language;

/** The words under a key, with `{name}` filled in; of several forms (`.one`, `.other`) the one for `count`. */
export function t(key, values = {}) {
  const form = "count" in values ? new Intl.PluralRules(language).select(values.count) : null;
  const found = (form && words[`${key}.${form}`]) ?? words[`${key}.other`] ?? words[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const told = (key) => key in words;

export async function loadTexts(chosen = remembered()) {
  language = LANGUAGES.includes(chosen) ? chosen : LANGUAGES[0];
  words = await (await fetch(`/page/locales/${language}.json`)).json();
  document.documentElement.lang = language;
  remember(language);
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
}

export const nextLanguage = () => LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length];

function remembered() {
  try { return localStorage.getItem("language"); } catch { return null; }
}

function remember(chosen) {
  try { localStorage.setItem("language", chosen); } catch { /* without storage it is chosen again next time */ }
}
