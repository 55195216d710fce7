// Telegram's formatted text: a text and entities, which name spans in UTF-16 units, as strings here count too.

import { el } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const SAFE = /^(https?|mailto|tel):/i;

/** The text as nodes. Only the tags above are made, and links of the kinds above. */
export function formatted(text, entities = []) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, ordered);
}

function span(text, from, to, entities) {
  const nodes = [];
  let at = from;
  while (entities.length) {
    const [entity] = entities;
    if (entity.offset >= to) break;
    entities.shift();
    if (entity.offset < at) continue; // Telegram nests entities and never lets them cross
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const inside = span(text, entity.offset, end, entities);
    nodes.push(wrapped(entity, text.slice(entity.offset, end), inside));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrapped(entity, words, inside) {
  if (TAGS[entity.type]) return el(TAGS[entity.type], {}, inside);
  if (entity.type === "spoiler") return el("span", { cls: "spoiler", tabindex: "0" }, inside);
  const url = addressOf(entity, words);
  if (url && SAFE.test(url)) return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
  return el("span", {}, inside);
}

function addressOf(entity, words) {
  switch (entity.type) {
    case "text_link": return entity.url;
    case "url": return /^\w+:/.test(words) ? words : `https://${words}`;
    case "email": return `mailto:${words}`;
    case "phone_number": return `tel:${words}`;
    default: return null;
  }
}
