// One phone, or one group drawn wide: its head, its chats, its messages, and what pops up over them.
import { makeComposer } from "./composer.js";
import { face, fill, h, icon } from "./draw.js";
import { makeList } from "./list.js";
import { gist } from "./media.js";
import { act, fullName, groupOf, groupsOf, isGroup, membersOf, messagesOf, personOf, speakersOf, town } from "./town.js";
import { say } from "./words.js";

/** kind is "phone" (id: a person) or "group" (id: a group); the board lays panels out and opens links. */
export function makePanel(kind, id, board) {
  const panel = { kind, id, chat: id, user: kind === "phone" ? id : null, replyTo: null, drafts: new Map(), unread: new Map(),
    attempt, reply, refresh, hear, open: (url) => board.open(url, panel) };
  const owner = h("header", { class: "owner" });
  const head = h("div", { class: "chat-head" });
  const pinned = h("div", { class: "pinned-place" });
  const overlay = h("div", { class: "overlay" });
  const toasts = h("div", { class: "toasts", role: "status" });
  const list = makeList(panel, { tap, open: panel.open, say: (text) => attempt("say", { text }), reply, look, toast });
  const composer = makeComposer(panel);
  const device = h("div", { class: "device" }, head, pinned, list.element, toasts, composer.element, overlay);
  panel.element = h("section", { class: `panel ${kind}`, data: kind === "phone" ? { phone: id } : { chat: id } }, owner, device);
  let typing = 0;
  const drawn = new Map();

  /** Draws a part again only when what it shows has changed, so that focus stays where it was. */
  function draw(part, facts, build) {
    const seen = JSON.stringify([facts, say("ok")]);
    if (drawn.get(part) === seen) return;
    drawn.set(part, seen);
    const focused = part.contains(document.activeElement) ? [...part.querySelectorAll("button, a, select")].indexOf(document.activeElement) : -1;
    fill(part, [build()]);
    if (focused >= 0) part.querySelectorAll("button, a, select")[focused]?.focus();
  }

  function refresh() {
    const group = isGroup(panel.chat) ? groupOf(panel.chat) : null;
    if (kind === "phone" && isGroup(panel.chat) && !groupsOf(id).some((one) => one.id === panel.chat)) panel.chat = id;
    if (kind === "group") {
      const speakers = group ? speakersOf(group) : [];
      if (!speakers.some((person) => person.id === panel.user)) panel.user = speakers[0]?.id ?? null;
    }
    panel.unread.delete(panel.chat);
    const name = kind === "phone" ? fullName(personOf(id)) : groupOf(id)?.title;
    panel.element.setAttribute("aria-label", say(kind === "phone" ? "phoneOf" : "groupPanel", { name }));
    if (kind === "phone") draw(owner, [personOf(id)], drawOwner);
    draw(head, [kind, panel.chat, group, kind === "phone" && groupsOf(id), [...panel.unread], town.bot, typing > 0], drawHead);
    const pin = group?.pinned ? messagesOf(panel.chat).find((message) => message.message_id === group.pinned) : null;
    draw(pinned, [pin], () => pin && h("button", { type: "button", class: "pinned", onclick: () => list.goTo(pin.message_id) },
      h("strong", {}, say("pinned")), h("span", {}, gist(pin))));
    list.refresh();
    composer.refresh();
  }

  function drawOwner() {
    const person = personOf(id);
    if (!person) return null;
    const status = person.deactivated ? "gone" : person.blocked ? "blocked" : person.started ? null : "notStarted";
    const about = person.subtitle ?? person.role ?? (person.username ? `@${person.username}` : "");
    return [face(id, person.first_name), h("div", { class: "who" }, h("h2", {}, fullName(person)), h("p", {}, status && h("span", { class: `status ${status}` }, say(status)),
      h("span", { class: "about", title: about }, about))),
      person.started && h("button", { type: "button", class: "quiet", data: { block: !person.blocked }, title: say(person.blocked ? "unblock" : "block"),
        "aria-label": say(person.blocked ? "unblock" : "block"), "aria-pressed": String(person.blocked),
        onclick: () => attempt("block", { blocked: !person.blocked }, true) }, icon("block")),
      h("button", { type: "button", class: "quiet hide", "aria-label": say("hide", { name: fullName(person) }), title: say("hide", { name: "" }),
        onclick: () => board.hide(panel) }, icon("close"))];
  }

  function drawHead() {
    const group = isGroup(panel.chat) ? groupOf(panel.chat) : null;
    const name = group ? group.title : town.bot.first_name;
    const count = group ? membersOf(group).length : 0;
    const below = typing > 0 ? say("typing") : group ? say(count === 1 ? "members_one" : "members", { count }) : say("bot");
    const line = h("div", { class: "chat-name" }, face(panel.chat === id && !group ? town.bot.id : panel.chat, name, group ? "square" : "bot"),
      h("div", {}, h("h3", {}, name), h("p", { class: typing > 0 ? "typing" : "" }, below)),
      kind === "group" && h("button", { type: "button", class: "quiet hide", "aria-label": say("hide", { name }), onclick: () => board.hide(panel) }, icon("close")));
    const chats = kind === "phone" ? [id, ...groupsOf(id).map((one) => one.id)] : [];
    if (chats.length < 2) return line;
    const tabs = chats.map((chat) => h("button", { type: "button", role: "tab", class: "tab", data: { tab: chat },
      "aria-selected": String(chat === panel.chat), onclick: () => turnTo(chat) },
      chat === id ? say("bot") : groupOf(chat).title, panel.unread.has(chat) && h("b", { class: "badge" }, panel.unread.get(chat))));
    return [line, h("div", { class: "tabs", role: "tablist", "aria-label": say("chats", { name: fullName(personOf(id)) }) }, tabs)];
  }

  function turnTo(chat) {
    panel.chat = chat;
    panel.replyTo = null;
    refresh();
    list.toEnd();
  }
  panel.turnTo = turnTo;

  /** Does a deed as this panel's person; what the town refuses is said in a toast. */
  async function attempt(path, body = {}, aboutPerson = false) {
    try {
      return await act(path, aboutPerson ? { user: panel.user, ...body } : { user: panel.user, chat: panel.chat, ...body });
    } catch (refusal) {
      toast(say("refused", { text: refusal.message }));
      return null;
    }
  }

  panel.attemptForm = async (path, form) => act(path, form).catch((refusal) => toast(say("refused", { text: refusal.message })));

  async function tap(message, key, row, col) {
    if (key.url) return panel.open(key.url);
    if (key.copy_text) {
      await navigator.clipboard?.writeText(key.copy_text.text).catch(() => undefined);
      return toast(say("copied"));
    }
    board.tapped(panel);
    // By name, since rows may have changed under the finger; by place only when two buttons share a name.
    const alone = message.reply_markup.inline_keyboard.flat().filter((other) => other.text === key.text).length === 1;
    const done = await attempt("tap", { message_id: message.message_id, ...(alone ? { label: key.text } : { row, col }) });
    if (done?.answer?.url) panel.open(done.answer.url);
    return done;
  }

  function reply(message) {
    panel.replyTo = message;
    composer.refresh();
    composer.focus();
  }

  function hear(event) {
    if (event.type === "action" && event.chat === panel.chat) {
      clearTimeout(typing);
      typing = setTimeout(() => ((typing = 0), refresh()), 5000);
    }
    if (event.type === "message") {
      const mine = event.message?.from?.id === panel.user;
      if (event.chat === panel.chat) {
        clearTimeout(typing);
        typing = 0;
      } else if (!mine && kind === "phone" && (event.chat === id || groupsOf(id).some((group) => group.id === event.chat))) {
        panel.unread.set(event.chat, (panel.unread.get(event.chat) ?? 0) + 1);
      }
    }
    refresh();
  }

  /** The bot's answer to a tap: a note that fades, or an alert that waits for OK. */
  panel.answer = ({ text, show_alert: alert }, whom) => {
    if (!text) return;
    const words = whom ? `${whom}: ${text}` : text;
    if (!alert) return toast(words);
    const before = document.activeElement;
    const close = () => {
      overlay.replaceChildren();
      if (before?.isConnected) before.focus();
    };
    const ok = h("button", { type: "button", class: "primary", onclick: close }, say("ok"));
    overlay.replaceChildren(h("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": words, data: { alert: "" },
      onkeydown: (event) => event.key === "Escape" && close() }, h("p", {}, words), ok));
    if (town.running === null) ok.focus();
    else setTimeout(() => ok.isConnected && close(), 4500); // a story must not wait for somebody's OK
  };

  function toast(words) {
    const note = h("div", { class: "toast", data: { toast: "" } }, words);
    toasts.append(note);
    while (toasts.childElementCount > 3) toasts.firstElementChild.remove();
    setTimeout(() => note.remove(), 4500);
  }
  panel.toast = toast;
  panel.goTo = list.goTo;

  function look(source, words) {
    const close = () => overlay.replaceChildren();
    const button = h("button", { type: "button", class: "light", "aria-label": say("closeMenu"), onclick: close,
      onkeydown: (event) => event.key === "Escape" && close() }, h("img", { src: source, alt: words }));
    overlay.replaceChildren(button);
    button.focus();
  }

  return panel;
}

