// What stands below a chat: Start, unblock, or the line to write in with photos, voice, places, contacts and commands.
import { fill, h, icon } from "./draw.js";
import { gist } from "./media.js";
import { isBots, nameOf } from "./message.js";
import { fullName, groupOf, isGroup, messagesOf, personOf, speakersOf, town } from "./town.js";
import { say } from "./words.js";

const COMMANDS = ["/start", "/help", "/orders", "/mine", "/points", "/queue", "/language", "/settings", "/cancel", "/forget"];
const HARBOUR = { latitude: 29.9792, longitude: 122.3813 };

export function makeComposer(panel) {
  const element = h("div", { class: "composer" });
  const replying = h("div", { class: "replying" });
  const keys = h("div", { class: "reply-keys" });
  let input = null;
  let seen = "";

  function refresh() {
    const person = personOf(panel.user);
    const direct = !isGroup(panel.chat);
    const state = direct && !person?.started ? "start" : direct && person?.blocked ? "blocked" : "write";
    const speakers = panel.kind === "group" && groupOf(panel.chat) ? speakersOf(groupOf(panel.chat)) : [];
    const facts = JSON.stringify([state, panel.chat, panel.user, speakers.map((one) => one.id), say("ok"), town.commands]);
    if (facts !== seen) {
      seen = facts;
      const hadFocus = element.contains(document.activeElement);
      fill(element, state === "write" ? [replying, keys, drawLine(speakers)] : [drawDoor(state, person)]);
      if (hadFocus) input?.focus();
    }
    if (state === "write") drawReply();
    if (state === "write") drawKeys();
  }

  function drawDoor(state, person) {
    input = null;
    if (state === "blocked") {
      return h("button", { type: "button", class: "primary wide", data: { block: "false" }, onclick: () => panel.attempt("block", { blocked: false }, true) }, say("unblock"));
    }
    return h("div", { class: "door" }, h("p", {}, say("startHelp", { name: fullName(person), bot: town.bot.first_name })),
      h("button", { type: "button", class: "primary wide", data: { start: "" }, onclick: () => panel.attempt("start", {}, true) }, say("start")));
  }

  function drawLine(speakers) {
    const draft = panel.drafts.get(panel.chat) ?? "";
    const label = panel.kind === "group" ? say("writeAs", { name: fullName(personOf(panel.user)) }) : say("write");
    input = h("textarea", { rows: "1", data: { input: "" }, placeholder: say("write"), "aria-label": label, autocomplete: "off",
      oninput: () => {
        panel.drafts.set(panel.chat, input.value);
        grow();
      },
      // While a Chinese word is being composed, Enter chooses the word.
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          void send();
        }
        if (event.key === "Escape" && panel.replyTo) dropReply();
      } });
    input.value = draft;
    requestAnimationFrame(grow);
    const files = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, onchange: () => void sendFiles(files) });
    const who = speakers.length > 0 && h("select", { class: "speaker", "aria-label": say("speaker"), data: { speaker: "" },
      onchange: (event) => ((panel.user = Number(event.target.value)), panel.refresh()) },
      speakers.map((person) => h("option", { value: person.id, selected: person.id === panel.user }, fullName(person))));
    return h("form", { class: "write", onsubmit: (event) => (event.preventDefault(), void send()) }, who, files,
      menu("attach", icon("clip"), attachments(files)),
      menu("commands", h("span", { class: "slash" }, "/"), commands()),
      input,
      h("button", { type: "submit", class: "send", data: { send: "" }, "aria-label": say("send"), title: say("send") }, icon("send")));
  }

  function attachments(files) {
    const own = fullName(personOf(panel.user));
    return [
      ["photoFile", "photo", () => files.click()],
      ["photo", "photo", () => sendKind("photo")],
      ["album", "album", () => sendKind("album")],
      ["voice", "mic", () => sendKind("voice")],
      ["place", "pin", () => sendKind("location", HARBOUR)],
      ["contact", "contact", () => sendKind("contact", { own: true, first_name: own })],
      ["stranger", "people", () => sendKind("contact", { own: false, first_name: "Gus", phone_number: "+86 555 0199" })],
    ].map(([word, sign, deed]) => item([icon(sign), say(word)], deed, { attach: word }));
  }

  function commands() {
    const known = town.commands.length ? town.commands.map((one) => (typeof one === "string" ? one : `/${one.command}`)) : COMMANDS;
    return known.map((command) => item(command, () => panel.attempt("say", { text: command }), { command }));
  }

  async function send() {
    const text = input.value;
    if (!text.trim()) return;
    const sent = { text, ...answered() };
    input.value = "";
    panel.drafts.delete(panel.chat);
    grow();
    if ((await panel.attempt("say", sent)) === null && input && !input.value) input.value = text;
    else dropReply();
  }

  const answered = () => (panel.replyTo ? { reply_to: panel.replyTo.message_id } : {});

  function caption() {
    const words = input?.value.trim() ? { caption: input.value } : {};
    if (input) input.value = "";
    panel.drafts.delete(panel.chat);
    return words;
  }

  async function sendKind(kind, more = {}) {
    const captioned = ["photo", "album"].includes(kind) ? caption() : {};
    await panel.attempt("send", { kind, ...more, ...captioned, ...answered() });
    dropReply();
  }

  async function sendFiles(files) {
    const chosen = [...files.files];
    if (!chosen.length) return;
    const form = new FormData();
    const facts = { user: panel.user, chat: panel.chat, kind: chosen.length > 1 ? "album" : "photo", ...caption(), ...answered() };
    Object.entries(facts).forEach(([name, value]) => form.append(name, String(value)));
    chosen.slice(0, 10).forEach((file) => form.append("file", file, file.name));
    files.value = "";
    await panel.attemptForm("send", form);
    dropReply();
  }

  function dropReply() {
    panel.replyTo = null;
    drawReply();
  }

  function drawReply() {
    fill(replying, panel.replyTo
      ? [icon("reply"), h("div", {}, h("strong", {}, nameOf(panel.replyTo)), h("span", {}, gist(panel.replyTo))),
        h("button", { type: "button", class: "quiet", "aria-label": say("dropReply"), onclick: dropReply }, icon("close"))]
      : []);
  }

  let standing = "";
  function drawKeys() {
    const rows = replyKeyboard(messagesOf(panel.chat), panel.user);
    const facts = JSON.stringify([rows, say("ok")]);
    if (facts === standing) return;
    standing = facts;
    keys.setAttribute("aria-label", say("replyKeys"));
    fill(keys, rows.map((row) => h("div", { class: "keys-row" }, row.map((key) => {
      const text = typeof key === "string" ? key : key.text;
      return h("button", { type: "button", class: "key reply-key", onclick: () => press(key, text) }, text);
    }))));
  }

  function press(key, text) {
    if (key.request_contact) return sendKind("contact", { own: true });
    if (key.request_location) return sendKind("location", HARBOUR);
    return panel.attempt("say", { text, ...answered() });
  }

  function grow() {
    if (!input) return;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
  }

  return { element, refresh, focus: () => input?.focus() };
}

/** The keyboard that stands above the input: the bot's last word about it, unless it was for one use and was used. */
function replyKeyboard(messages, user) {
  for (let i = messages.length - 1, said = false; i >= 0; i -= 1) {
    const message = messages[i];
    said ||= message.from?.id === user;
    const markup = message.reply_keyboard ?? message.reply_markup;
    if (!isBots(message) || !markup) continue;
    if (markup.remove_keyboard) return [];
    if (markup.keyboard) return said && markup.one_time_keyboard ? [] : markup.keyboard;
  }
  return [];
}

/** A button that opens a short list; it closes when something is chosen, or on Escape, or on a tap elsewhere. */
function menu(word, sign, items) {
  const box = h("details", { class: "menu", data: { menu: word },
    onkeydown: (event) => event.key === "Escape" && ((box.open = false), box.firstElementChild.focus()),
    onfocusout: () => setTimeout(() => box.contains(document.activeElement) || (box.open = false), 150),
    onclick: (event) => event.target.closest(".item") && (box.open = false) },
  h("summary", { class: "quiet", role: "button", "aria-label": say(word), title: say(word) }, sign), h("div", { class: "items" }, items));
  return box;
}

function item(content, deed, data) {
  return h("button", { type: "button", class: "item", onclick: deed, data }, content);
}
