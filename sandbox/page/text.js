// Draws a message's text with its entities: bold, links, spoilers, quotes… as nodes, so that nobody's words become markup.
import { h } from "./draw.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote" };

/** Telegram counts in UTF-16 units, and so do JavaScript's strings: offsets are used as they are. */
export function richText(text, entities = [], act = {}) {
  const sorted = entities
    .filter((entity) => entity.length > 0 && entity.offset >= 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, 0, text.length, sorted, act);
}

function between(text, from, to, entities, act) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) {
      i += 1; // overlaps what is drawn already: its text is there, only the style is lost
      continue;
    }
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    let next = i + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    const inner = between(text, entity.offset, end, entities.slice(i + 1, next), act);
    nodes.push(styled(entity, text.slice(entity.offset, end), inner, act));
    at = end;
    i = next;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function styled(entity, words, inner, act) {
  const tag = TAGS[entity.type];
  if (tag) return h(tag, {}, inner);
  switch (entity.type) {
    case "spoiler":
      return spoiler(inner);
    case "text_link":
      return link(inner, entity.url, () => act.open?.(entity.url));
    case "url":
      return link(inner, words, () => act.open?.(words));
    case "bot_command":
      return link(inner, words, () => act.say?.(words));
    case "mention":
    case "text_mention":
    case "hashtag":
    case "phone_number":
    case "email":
    case "cashtag":
      return h("span", { class: "mark" }, inner);
    default:
      return h("span", {}, inner);
  }
}

// No href: a middle click or a dragged link must not leave this computer either.
function link(inner, title, follow) {
  return h("a", { role: "link", tabindex: "0", title, ...pressable(follow) }, inner);
}

function spoiler(inner) {
  const element = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false",
    ...pressable(() => {
      element.classList.add("open");
      element.setAttribute("aria-expanded", "true");
    }) }, inner);
  return element;
}

export function pressable(deed) {
  return {
    onclick: (event) => {
      event.stopPropagation();
      deed();
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      deed();
    },
  };
}
