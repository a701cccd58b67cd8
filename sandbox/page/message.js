// Draws one message as a bubble: who, what it answers, words, media, time, and the buttons below it.
import { face, h, hue, icon } from "./draw.js";
import { gist, media } from "./media.js";
import { richText } from "./text.js";
import { fullName, town } from "./town.js";
import { say } from "./words.js";

export const isBots = (message) => message.from_bot ?? message.from?.id === town.bot.id;
export const nameOf = (message) => fullName(message.from) || message.sender_chat?.title || town.bot.first_name;

const clockText = (date) =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: town.zone }).format(new Date(date * 1000));

/** Something that happened in a group, said in the middle; null for an ordinary message. */
export function serviceText(message) {
  const who = nameOf(message);
  if (message.new_chat_members) {
    return message.new_chat_members
      .map((user) => say(user.id === message.from?.id ? "joined" : "addedBy", { who, name: fullName(user) }))
      .join(" · ");
  }
  if (message.left_chat_member) {
    const name = fullName(message.left_chat_member);
    return say(message.left_chat_member.id === message.from?.id ? "left" : "removedBy", { who, name });
  }
  if (message.pinned_message) return say("pinnedBy", { who });
  if (message.group_chat_created || message.supergroup_chat_created) return say("created", { name: message.chat?.title });
  if (message.new_chat_title) return say("renamed", { name: message.new_chat_title });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("moved");
  return null;
}

/** One message, or the several photos of an album, as one row of the chat. */
export function drawMessages(messages, view) {
  const first = messages[0];
  const service = serviceText(first);
  if (service !== null) return h("div", { class: "row service", data: { message: first.message_id } }, h("span", {}, service));

  const last = messages.at(-1);
  const mine = view.viewer !== null && first.from?.id === view.viewer;
  const side = mine ? "mine" : "theirs";
  const worded = messages.find((message) => message.text ?? message.caption) ?? first;
  const words = worded.text ?? worded.caption ?? "";
  const pieces = messages.map((message) => media(message, view.act)).filter(Boolean);
  const album = messages.length > 1;
  const content = album
    ? h("div", { class: `album count-${Math.min(pieces.length, 4)}` }, pieces.map((piece, i) => marked(piece, messages[i], i > 0)))
    : pieces;

  const body = h("div", { class: `bubble ${bare(first) ? "bare" : ""} ${pieces.length ? "with-media" : ""}` },
    view.named && !mine && h("span", { class: "sender", style: `--hue:${hueOf(first)}` }, nameOf(first)),
    quoteOf(first, view),
    content,
    words && h("div", { class: "words", dir: "auto" }, richText(words, worded.entities ?? worded.caption_entities ?? [], view.act)),
    !words && pieces.length === 0 && h("div", { class: "words unknown" }, say("unknown")),
    view.onlyFor(first) && h("div", { class: "only-for" }, say("onlyFor", { name: view.onlyFor(first) })),
    foot(last));
  const reply = h("button", { type: "button", class: "reply-button", "aria-label": say("replyTo", { name: nameOf(first) }), title: say("reply"),
    onclick: () => view.act.reply(first) }, icon("reply"));
  return h("div", { class: `row ${side} ${view.follows ? "follows" : ""}`, data: { message: first.message_id } },
    view.named && !mine && (view.follows ? h("span", { class: "face-space" }) : face(first.from?.id ?? 0, nameOf(first), isBots(first) ? "small bot" : "small")),
    h("div", { class: "column" }, h("div", { class: "line" }, body, reply), keyboard(last, view.act)));
}

// The first photo's id stands on the row already.
function marked(piece, message, mark) {
  return mark ? h("div", { data: { message: message.message_id } }, piece) : piece;
}

// The bot always wears the desk's own green.
const hueOf = (message) => (isBots(message) ? 162 : hue(message.from?.id ?? 0));

const bare = (message) => Boolean(message.sticker || message.dice);

function quoteOf(message, view) {
  const answered = message.reply_to_message;
  if (!answered) return null;
  const words = message.quote?.text ?? gist(view.find(answered.message_id) ?? answered);
  return h("button", { type: "button", class: "quote", style: `--hue:${hueOf(answered)}`, onclick: () => view.act.goTo(answered.message_id) },
    h("strong", {}, nameOf(answered)), h("span", {}, words.slice(0, 160)));
}

function foot(message) {
  return h("div", { class: "foot" },
    message.silent && h("span", { class: "silent", title: say("silent") }, icon("bellOff"), h("span", { class: "aside" }, say("silent"))),
    message.edited && h("span", { class: "edited" }, say("edited")),
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, clockText(message.date)));
}

function keyboard(message, act) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return h("div", { class: "keys" }, rows.map((row, r) => h("div", { class: "keys-row" }, row.map((key, c) => {
    const leads = key.url ? "leads" : "";
    const button = h("button", { type: "button", class: `key ${leads} ${key.style ?? ""}`, onclick: async () => {
      if (button.hasAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      await act.tap(message, key, r, c).finally(() => button.removeAttribute("aria-busy"));
    } }, key.text);
    return button;
  }))));
}
