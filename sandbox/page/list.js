// The messages of the chat a panel shows: only what changed is drawn again, and the end stays in sight.
import { h, icon } from "./draw.js";
import { drawMessages, isBots, serviceText } from "./message.js";
import { messagesOf, personOf, town } from "./town.js";
import { htmlLanguage, say } from "./words.js";

export function makeList(panel, deeds) {
  const below = h("button", { type: "button", class: "below", hidden: true, onclick: toEnd }, icon("down"), h("span", {}));
  const scroll = h("div", { class: "messages", role: "log", "aria-live": "off", tabindex: "0", onscroll: () => noteScroll() });
  const element = h("div", { class: "list" }, scroll, below);
  const rows = new Map(); // key -> {seen, node}
  let chat = null;
  let stuck = true; // the reader is at the end and wants to stay there
  const act = { ...deeds, goTo };

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;

  function noteScroll() {
    if (scroll.clientHeight === 0) return; // a hidden phone reads nothing
    stuck = atEnd();
    if (stuck) below.hidden = true;
  }

  // A caption, a keyboard or another phone's turn changes the height; the last words stay in sight.
  new ResizeObserver(() => stuck && toEnd()).observe(scroll);

  function toEnd() {
    stuck = true;
    scroll.scrollTop = scroll.scrollHeight;
    below.hidden = true;
  }

  function goTo(id) {
    const row = scroll.querySelector(`[data-message="${id}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    row.classList.add("found");
    setTimeout(() => row.classList.remove("found"), 1600);
  }

  // Ephemeral messages are shown on their reader's phone alone; a group panel shows them to whoever speaks there.
  function visible(message) {
    return !message.deleted && (!message.only_for || [message.only_for].flat().includes(panel.user));
  }

  function refresh() {
    const fresh = chat !== panel.chat;
    if (fresh) rows.clear();
    chat = panel.chat;
    if (fresh) stuck = true;
    const stick = stuck;
    const before = scroll.lastElementChild?.dataset.key;
    const messages = messagesOf(chat).filter(visible);
    const known = new Map(messages.map((message) => [message.message_id, message]));
    const wanted = [];
    let day = "";
    let previous = null;
    for (const messages_ of albums(messages)) {
      const first = messages_[0];
      const today = dayOf(first.date);
      if (today !== day) wanted.push(keyed(`day ${today}`, today, () => h("div", { class: "row day" }, h("span", {}, today))));
      const follows = today === day && previous !== null && previous.from?.id === first.from?.id && serviceText(previous) === null && first.date - previous.date < 600;
      day = today;
      previous = messages_.at(-1);
      const facts = [messages_, follows, panel.user, say("ok"), first.reply_to_message && known.get(first.reply_to_message.message_id)?.text];
      wanted.push(keyed(String(first.message_id), JSON.stringify(facts), () => drawMessages(messages_, view(follows, known))));
    }
    place(wanted);
    if (stick) requestAnimationFrame(toEnd);
    else if (scroll.lastElementChild?.dataset.key !== before) {
      below.hidden = false;
      below.lastElementChild.textContent = say("newBelow");
    }
    scroll.dataset.empty = messages.length ? "" : say("empty");
  }

  function view(follows, known) {
    return { viewer: panel.kind === "phone" ? panel.user : null, named: chat < 0, follows, act, find: (id) => known.get(id),
      onlyFor: (message) => message.only_for && [message.only_for].flat().map((id) => personOf(id)?.first_name ?? id).join(", ") };
  }

  function keyed(key, seen, build) {
    const old = rows.get(key);
    if (old?.seen === seen) return [key, old];
    const node = build();
    node.dataset.key = key;
    if (!old && rows.size) node.classList.add("arrives");
    const focused = old?.node.contains(document.activeElement) ? [...old.node.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    return [key, { seen, node, focused }];
  }

  /** Puts the wanted rows in order without touching those that stand where they should. */
  function place(wanted) {
    rows.clear();
    wanted.forEach(([key, row]) => rows.set(key, row));
    const nodes = new Set(wanted.map(([, row]) => row.node));
    [...scroll.children].forEach((child) => nodes.has(child) || child.remove());
    wanted.forEach(([, row], i) => {
      if (scroll.children[i] !== row.node) scroll.insertBefore(row.node, scroll.children[i] ?? null);
      if (row.focused >= 0) row.node.querySelectorAll("button")[row.focused]?.focus();
      row.focused = -1;
    });
  }

  return { element, refresh, toEnd, goTo };
}

/** Messages one by one, the parts of an album together. */
function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    const together = message.media_group_id && last?.[0].media_group_id === message.media_group_id;
    if (together && isBots(last[0]) === isBots(message)) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function dayOf(date) {
  return new Intl.DateTimeFormat(htmlLanguage(), { weekday: "long", month: "long", day: "numeric", timeZone: town.zone }).format(new Date(date * 1000));
}
