// What the page knows of the town, kept live by the sandbox's events; every deed of the page goes through here.

const MOST = 200; // messages kept of one chat: enough to read back, small enough to draw

export const town = {
  bot: { id: 0, username: "", first_name: "" }, people: [], groups: [], stories: [], commands: [],
  caption: null, running: null, plug: null, zone: "Asia/Shanghai", chats: new Map(), connected: false,
};

let clock = { at: Date.now(), heard: performance.now() };
const listeners = new Set();

export const onChange = (listener) => listeners.add(listener);
const tell = (change) => listeners.forEach((listener) => listener(change));

export const now = () => new Date(clock.at + performance.now() - clock.heard);
export const personOf = (id) => town.people.find((person) => person.id === id);
export const groupOf = (id) => town.groups.find((group) => group.id === id);
export const isGroup = (chat) => chat < 0;
export const fullName = (user) => (user ? [user.first_name, user.last_name].filter(Boolean).join(" ") : "");

const INSIDE = new Set(["creator", "administrator", "member", "restricted"]);
export const membersOf = (group) => group.members.filter((member) => INSIDE.has(member.status));
export const groupsOf = (user) => town.groups.filter((group) => membersOf(group).some((m) => m.user_id === user));
export const speakersOf = (group) => town.people.filter((person) => membersOf(group).some((m) => m.user_id === person.id));

async function call(path, options) {
  const answer = await fetch(`/control/${path}`, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? answer.statusText);
  return body;
}

export const post = (path, body = {}) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** A deed by hand. Whoever touches a phone while a story plays has taken over. */
export async function act(path, body) {
  await takeOver();
  return body instanceof FormData ? call(path, { method: "POST", body }) : post(path, body);
}

export async function takeOver() {
  if (town.running === null) return;
  town.running = null;
  tell({ type: "story" });
  await post("take_over").catch(() => undefined);
}

export async function load() {
  const state = await call("state");
  Object.assign(town, { bot: state.bot, people: state.people, groups: state.groups, stories: state.stories ?? [],
    commands: state.commands ?? [], caption: state.caption ?? null, running: state.running ?? null, plug: state.plug ?? null,
    zone: state.zone ?? town.zone });
  setClock(state.now);
  tell({ type: "state" });
}

function setClock(instant) {
  const at = Date.parse(instant);
  if (!Number.isNaN(at)) clock = { at, heard: performance.now() };
}

/** The messages of a chat, oldest first; fetched once, then kept by events. */
export function messagesOf(chat) {
  if (!town.chats.has(chat)) {
    town.chats.set(chat, new Map());
    void loadChat(chat);
  }
  return [...town.chats.get(chat).values()].sort((a, b) => a.message_id - b.message_id).slice(-MOST);
}

async function loadChat(chat) {
  const { messages } = await call(`chat?chat=${chat}`).catch(() => ({ messages: [] }));
  const fetched = new Map(messages.slice(-MOST).filter((m) => !m.deleted).map((m) => [m.message_id, m]));
  const newest = Math.max(0, ...messages.map((message) => message.message_id));
  // What was said while the answer was on its way came by event and is newer than the answer.
  for (const [id, message] of town.chats.get(chat) ?? []) if (id > newest) fetched.set(id, message);
  town.chats.set(chat, fetched);
  tell({ type: "chat", chat });
}

function keep(chat, message) {
  const kept = town.chats.get(chat);
  if (!kept) return;
  if (message.deleted) kept.delete(message.message_id);
  else kept.set(message.message_id, message);
  if (kept.size > MOST * 2) town.chats.set(chat, new Map(messagesOf(chat).map((m) => [m.message_id, m])));
}

const HEARD = {
  message: (event) => keep(event.chat, event.message),
  edit: (event) => keep(event.chat, event.message),
  delete: (event) => town.chats.get(event.chat)?.delete(event.message_id),
  clock: (event) => setClock(event.now),
  caption: (event) => (town.caption = event.text ?? null),
  plug: ({ state, told }) => (town.plug = { state, told }),
  story: (event) => (town.running = event.running ?? null),
  commands: (event) => (town.commands = event.commands ?? []),
  people: () => loadSoon(),
  groups: () => loadSoon(),
};

let soon = 0;
function loadSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => load().catch(() => undefined), 40);
}

/** Listens to the town; after a lost connection everything shown is read again, so nothing missed stays missed. */
export function connect() {
  const source = new EventSource("/control/events");
  source.onopen = async () => {
    town.connected = true;
    tell({ type: "connection" });
    try {
      await load();
      await Promise.all([...town.chats.keys()].map((chat) => loadChat(chat)));
    } catch {
      setTimeout(loadSoon, 1000);
    }
  };
  source.onmessage = ({ data }) => {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return; // a line this page does not understand is no reason to stop listening
    }
    HEARD[event.type]?.(event);
    tell(event);
  };
  source.onerror = () => {
    town.connected = false;
    tell({ type: "connection" });
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
}
