// Which phones and groups stand on the table, where links lead, and who hears the bot's answers.
import { h } from "./draw.js";
import { makePanel } from "./panel.js";
import { act, groupOf, groupsOf, isGroup, personOf, post, town } from "./town.js";
import { say } from "./words.js";

const NARROW = matchMedia("(max-width: 719px)");

export function makeBoard(stage) {
  const panels = new Map(); // "phone 1" or "group -100" -> panel, in the order they stand
  const unread = new Set();
  const touched = new Map(); // person -> {panel, at}: an answer goes to where the tap came from
  let front = null;
  let arranged = false;
  let turned = 0;
  const board = { show, hide, toggle, open, arrange, hear, refresh, tapped, addPerson, shows: (chat) => shows(chat), isShown: (kind, id) => isShown(kind, id),
    hasNews: (key) => unread.has(key) };
  const keyOf = (kind, id) => `${kind} ${id}`;
  const isShown = (kind, id) => (NARROW.matches ? front === keyOf(kind, id) : panels.has(keyOf(kind, id)));
  NARROW.addEventListener("change", () => refresh());

  /** At first: the one who asks, the group, then as many others as the screen has room for. */
  function arrange() {
    for (const [key, panel] of panels) if (!(panel.kind === "phone" ? personOf(panel.id) : groupOf(panel.id))) drop(key);
    if (arranged || !town.people.length) return;
    arranged = true;
    const room = Math.max(2, Math.floor((innerWidth - 40) / 345));
    const [first, ...others] = town.people;
    show("phone", first.id);
    if (town.groups.length && room > 2) show("group", town.groups[0].id);
    others.slice(0, Math.max(0, room - panels.size)).forEach((person) => show("phone", person.id));
    front = keyOf("phone", first.id);
    refresh();
  }

  function show(kind, id) {
    const key = keyOf(kind, id);
    if (!panels.has(key)) {
      const panel = makePanel(kind, id, board);
      panels.set(key, panel);
      stage.append(panel.element);
    }
    front = key;
    unread.delete(key);
    refresh();
    if (stage.scrollWidth > stage.clientWidth + 4) panels.get(key).element.scrollIntoView({ block: "nearest", inline: "nearest" });
    return panels.get(key);
  }

  function drop(key) {
    panels.get(key)?.element.remove();
    panels.delete(key);
    if (front === key) front = panels.keys().next().value ?? null;
  }

  function hide(panel) {
    drop(keyOf(panel.kind, panel.id));
    refresh();
  }

  function toggle(kind, id) {
    const key = keyOf(kind, id);
    if (panels.has(key) && !NARROW.matches) drop(key);
    else show(kind, id);
    refresh();
  }

  function refresh() {
    for (const [key, panel] of panels) {
      panel.element.classList.toggle("front", key === front);
      panel.refresh();
    }
    stage.dataset.empty = panels.size ? "" : say(town.people.length ? "whoIsShown" : "loading");
  }

  const shows = (chat) => [...panels.values()].some((panel) => panel.chat === chat && (!NARROW.matches || panel.element.classList.contains("front")));

  function hear(event) {
    if (event.type === "answer") return answer(event);
    if (event.type === "message") {
      if (town.running !== null) follow(event.chat);
      for (const panel of panels.values()) if (panel.chat === event.chat) panel.heardAt = Date.now();
      const key = keyOf(isGroup(event.chat) ? "group" : "phone", event.chat);
      if (!shows(event.chat)) unread.add(key);
      else unread.delete(key);
    }
    panels.forEach((panel) => panel.hear(event));
  }

  /** While a story plays, whoever it is about comes into sight; not faster than one can read. */
  function follow(chat) {
    const key = keyOf(isGroup(chat) ? "group" : "phone", chat);
    const panel = panels.get(key);
    if (shows(chat)) return;
    if (panel && panel.chat !== chat) return panel.turnTo(chat);
    if (NARROW.matches && Date.now() - turned < 2500) return;
    turned = Date.now();
    if (!NARROW.matches && !panel && !isGroup(chat) && stage.scrollWidth >= stage.clientWidth && panels.size >= 4) {
      const [[idle, quiet]] = [...panels].filter(([, one]) => one.kind === "phone").sort((a, b) => (a[1].heardAt ?? 0) - (b[1].heardAt ?? 0));
      const place = quiet.element.nextElementSibling;
      drop(idle);
      stage.insertBefore(show("phone", chat).element, place); // the newcomer takes the place of the quietest
    }
    show(isGroup(chat) ? "group" : "phone", chat);
  }

  function tapped(panel) {
    touched.set(panel.user, { panel, at: Date.now() });
  }

  function answer(event) {
    const recent = touched.get(event.user);
    const visible = (panel) => panel && panel.element.isConnected && (!NARROW.matches || panel.element.classList.contains("front"));
    if (recent && Date.now() - recent.at < 10_000 && visible(recent.panel)) return recent.panel.answer(event);
    const phone = panels.get(keyOf("phone", event.user));
    if (visible(phone)) return phone.answer(event);
    const group = [...panels.values()].find((panel) => panel.kind === "group" && visible(panel) && groupsOf(event.user).some((one) => one.id === panel.id));
    group?.answer(event, personOf(event.user)?.first_name);
  }

  /** Where a link leads: to the bot with a payload, into a group, to a message; or out of the town, and then nowhere. */
  async function open(address, panel) {
    let url;
    try {
      url = new URL(/^[a-z]+:/i.test(address) ? address : `https://${address}`);
    } catch {
      return panel.toast(address);
    }
    const inside = ["t.me", "telegram.me"].includes(url.hostname);
    const [name, id, message] = url.pathname.split("/").filter(Boolean);
    if (inside && name?.toLowerCase() === town.bot.username?.toLowerCase()) return openBot(url.searchParams, panel);
    if (inside && name === "c" && groupOf(Number(`-100${id}`))) {
      const target = panel.kind === "group" && panel.id !== Number(`-100${id}`) ? show("group", Number(`-100${id}`)) : panel;
      target.turnTo(Number(`-100${id}`));
      return setTimeout(() => target.goTo(Number(message)), 150);
    }
    return choose(say("outside"), [], h("p", { class: "address" }, String(url)));
  }

  async function openBot(parameters, panel) {
    const user = panel.user;
    const start = async (body) => {
      try {
        await act("start", { user, ...body });
        if (panel.kind === "phone") panel.turnTo(body.group ?? user);
        else if (!body.group) show("phone", user).turnTo(user);
      } catch (refusal) {
        panel.toast(say("refused", { text: refusal.message }));
      }
    };
    if (!parameters.has("startgroup")) return start(parameters.get("start") ? { payload: parameters.get("start") } : {});
    const payload = parameters.get("startgroup");
    const mine = groupsOf(user).length ? groupsOf(user) : town.groups;
    return choose(say("chooseGroup"), mine.map((group) => [group.title, () => start({ group: group.id, ...(payload ? { payload } : {}) })]),
      !mine.length && h("p", {}, say("noGroups")));
  }

  /** A small dialog with a question and its answers. */
  function choose(question, answers, more = null) {
    const dialog = h("dialog", { class: "dialog", onclose: () => dialog.remove(), "aria-label": question }, h("h2", {}, question), more,
      h("div", { class: "answers" }, answers.map(([words, deed]) => h("button", { type: "button", class: "primary", onclick: () => (dialog.close(), deed()) }, words))),
      h("button", { type: "button", class: "plain", onclick: () => dialog.close() }, answers.length ? say("cancel") : say("ok")));
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  async function addPerson(first_name, language_code) {
    const person = await post("people", { first_name, language_code });
    if (!personOf(person.id)) town.people.push(person);
    show("phone", person.id);
  }

  return board;
}
