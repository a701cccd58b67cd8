// The strip above the phones: the town's clock, the stories and their captions, whose phones stand there, and the language.
import { face, fill, h, icon } from "./draw.js";
import { act, now, onChange, post, takeOver, town } from "./town.js";
import { htmlLanguage, say } from "./words.js";

const LANGUAGES = [["zh-hans", "中文"], ["en", "English"], ["zh", "中文 (zh)"], ["es", "Español"], ["ar", "العربية"], ["fr", "Français"], ["ru", "Русский"], ["vi", "Tiếng Việt"]];

export function makeBar(place, captionPlace, board, deeds) {
  const banner = h("p", { class: "banner", role: "note" });
  const brand = h("div", { class: "brand" });
  const clock = h("div", { class: "clock" });
  const story = h("div", { class: "story" });
  const language = h("div", { class: "language" });
  const plug = h("div", { class: "plug" });
  const told = h("div", { class: "told", role: "status" });
  const chips = h("nav", { class: "chips" });
  const lost = h("p", { class: "lost", role: "status", hidden: true });
  place.append(banner, h("div", { class: "top" }, brand, clock, story, plug, language), chips, lost, told);
  const drawn = new Map();

  function draw(part, facts, build) {
    const seen = JSON.stringify([facts, say("ok")]);
    if (drawn.get(part) === seen) return;
    drawn.set(part, seen);
    const focused = part.contains(document.activeElement) ? [...part.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    fill(part, [build()].flat());
    if (focused >= 0) part.querySelectorAll("button")[focused]?.focus();
  }

  function refresh() {
    draw(banner, 0, () => say("banner"));
    draw(brand, 0, () => [h("span", { class: "roof" }, icon("roof")), h("div", {}, h("h1", {}, say("brand")), h("p", {}, say("tagline")))]);
    draw(clock, 0, drawClock);
    draw(story, [town.stories, town.running], drawStory);
    draw(plug, town.plug?.state, drawPlug);
    draw(told, [town.plug, town.dismissed], drawTold);
    draw(language, 0, () => h("button", { type: "button", class: "plain", data: { language: "" }, "aria-label": say("otherLanguageLabel"), onclick: deeds.turnLanguage },
      h("span", { class: "spelt" }, say("otherLanguage")), h("span", { class: "brief" }, say("otherLanguageShort"))));
    const everyone = [...town.people.map((one) => ["phone", one.id, one.first_name]), ...town.groups.map((one) => ["group", one.id, one.title])];
    draw(chips, everyone.map(([kind, id, name]) => [kind, id, name, board.isShown(kind, id), board.hasNews(`${kind} ${id}`)]), () => drawChips(everyone));
    chips.setAttribute("aria-label", say("whoIsShown"));
    drawCaption();
    lost.hidden = town.connected;
    lost.textContent = say(town.people.length ? "lost" : "loading");
    tick();
  }

  function drawClock() {
    const later = [["1", "later1", { minutes: 1 }], ["10", "later10", { minutes: 10 }], ["60", "later60", { minutes: 60 }], ["morning", "morning", null]];
    return [h("div", { class: "time" }, h("span", { class: "aside" }, say("clock")), h("time", { class: "town-time" }), h("span", { class: "town-day" })),
      h("div", { class: "later", role: "group", "aria-label": say("clock") }, later.map(([name, word, move]) =>
        h("button", { type: "button", data: { later: name }, "aria-label": say(word), title: say(word), onclick: () => void act("clock", move ?? { to: nextMorning() }).catch(() => undefined) },
          name === "morning" && icon("sun"), h("span", { class: "long" }, say(word)), h("span", { class: "short" }, say(`${word}Short`)))))];
  }

  function drawStory() {
    if (town.running !== null) {
      const title = town.stories.find((one) => one.name === town.running)?.title ?? town.running;
      return [h("span", { class: "playing" }, say("playing", { title })), h("button", { type: "button", class: "primary", data: { takeOver: "" }, onclick: () => void takeOver() }, icon("hand"), say("takeOver"))];
    }
    const [first, ...others] = town.stories;
    if (!first) return null;
    const play = (one) => () => void post("show", { story: one.name }).catch(() => undefined);
    return [h("button", { type: "button", class: "primary warm", data: { show: first.name }, title: first.title, onclick: play(first) }, icon("play"), say("show")),
      others.length > 0 && h("details", { class: "menu down", onclick: (event) => event.target.closest(".item") && (event.currentTarget.open = false),
        onkeydown: (event) => event.key === "Escape" && (event.currentTarget.open = false) },
      h("summary", { class: "quiet", role: "button", "aria-label": say("moreStories"), title: say("moreStories") }, icon("down")),
      h("div", { class: "items" }, others.map((one) => h("button", { type: "button", class: "item", data: { show: one.name }, onclick: play(one) }, one.title))))];
  }

  function drawPlug() {
    const state = town.plug?.state;
    if (!state) return null;
    const pull = (into) => () => void post("plug", { in: into }).catch(() => undefined); // no deed in the town: a story goes on
    if (state === "in") return h("button", { type: "button", class: "plain", data: { plug: "pull" }, title: say("pullHelp"), "aria-label": say("pull"), onclick: pull(false) }, icon("plug"), h("span", { class: "long" }, say("pull")));
    return h("button", { type: "button", class: "primary warm", data: { plug: "putBack" }, disabled: state === "starting", onclick: pull(true) }, icon("plug"), say(state === "starting" ? "starting" : "putBack"));
  }

  function drawTold() {
    const words = town.plug?.state === "in" ? town.plug.told?.[htmlLanguage() === "en" ? "en" : "zh_Hans"] : town.plug && say("pulled");
    if (!words || town.dismissed === words) return null;
    return [h("p", { data: { told: town.plug.state } }, words), town.plug.state === "in" && h("button", { type: "button", class: "quiet", "aria-label": say("dismiss"), title: say("dismiss"),
      onclick: () => ((town.dismissed = words), refresh()) }, icon("close"))];
  }

  function drawChips(everyone) {
    const shown = everyone.map(([kind, id, name]) => h("button", { type: "button", class: `chip ${kind}`, "aria-pressed": String(board.isShown(kind, id)), data: { chip: id },
      onclick: () => (board.toggle(kind, id), refresh()) }, kind === "phone" ? face(id, name, "small") : h("span", { class: "face small square" }, icon("people")), h("span", {}, name),
    board.hasNews(`${kind} ${id}`) && h("b", { class: "dot" }, h("span", { class: "aside" }, say("unread")))));
    const row = h("div", { class: "chips-row", onwheel: (event) => (row.scrollLeft += event.deltaY) }, shown);
    const scrolled = chips.firstElementChild?.scrollLeft ?? 0;
    queueMicrotask(() => (row.scrollLeft = scrolled));
    return [row, h("button", { type: "button", class: "chip add", "aria-label": say("addPhone"), data: { addPhone: "" }, onclick: askForPerson }, icon("plus"), h("span", {}, say("addPhone")))];
  }

  function askForPerson() {
    const name = h("input", { name: "name", required: true, maxlength: "64", autocomplete: "off" });
    const code = h("select", { name: "language" }, LANGUAGES.map(([value, words]) => h("option", { value, selected: value === htmlLanguage().toLowerCase() }, words)));
    const form = h("form", { method: "dialog", onsubmit: () => name.value.trim() && void board.addPerson(name.value.trim(), code.value) },
      h("h2", {}, say("newPhoneTitle")), h("p", {}, say("newPhoneHelp")), h("label", {}, say("name"), name), h("label", {}, say("language"), code),
      h("div", { class: "answers" }, h("button", { class: "primary" }, say("add")), h("button", { type: "button", class: "plain", onclick: () => dialog.close() }, say("cancel"))));
    const dialog = h("dialog", { class: "dialog", onclose: () => dialog.remove(), "aria-label": say("newPhoneTitle") }, form);
    document.body.append(dialog);
    dialog.showModal();
    name.focus();
  }

  function drawCaption() {
    const words = town.caption;
    if ((captionPlace.firstElementChild?.textContent ?? null) === (words || null)) return;
    captionPlace.replaceChildren(...(words ? [h("p", { data: { caption: "" } }, words)] : []));
  }

  function tick() {
    const instant = now();
    const at = (options) => new Intl.DateTimeFormat(htmlLanguage(), { timeZone: town.zone, ...options }).format(instant);
    const time = at({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    document.querySelectorAll(".town-time").forEach((element) => element.textContent !== time && (element.textContent = time));
    const day = at({ weekday: "short", month: "short", day: "numeric" });
    document.querySelectorAll(".town-day").forEach((element) => element.textContent !== day && (element.textContent = day));
  }

  setInterval(tick, 2000);
  onChange((change) => change.type === "clock" && tick());
  return { refresh };
}

/** The next eight o'clock of the town, whatever the zone of the one who looks. */
function nextMorning() {
  const quarter = 15 * 60_000;
  const isEight = (instant) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: town.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(instant) === "08:00";
  let instant = (Math.floor(now().getTime() / quarter) + 1) * quarter;
  while (!isEight(new Date(instant))) instant += quarter;
  return new Date(instant).toISOString();
}
