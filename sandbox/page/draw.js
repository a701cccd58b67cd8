// Small tools for building the page: elements and line icons, always from text nodes, never from markup of people's text.

/** h("button", {class: "key", "aria-label": "…", onclick: f, data: {later: 10}}, "text", child…) */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  fill(element, children);
  return element;
}

export function fill(element, children) {
  const flat = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...flat);
  return element;
}

const PATHS = {
  roof: "M2.5 12 12 4.5 21.5 12 M5.5 10.5V19.5h13v-9 M10 19.5v-5h4v5",
  send: "M4 12 20 4l-5 16-4-7-7-1Z M11 13l4-4",
  clip: "M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L9.8 17.3a1.8 1.8 0 0 1-2.5-2.5L15 7",
  reply: "M9 7 4 12l5 5 M4 12h9a7 7 0 0 1 7 7",
  photo: "M4 5h16v14H4Z M4 16l5-5 4 4 3-3 4 4 M15.5 9.5h.01",
  album: "M7 4h13v12H7Z M4 8v12h13 M7 13l4-4 4 4 2-2 3 3",
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Z M5.5 11a6.5 6.5 0 0 0 13 0 M12 17.5V21",
  pin: "M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21Z M12 7.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6Z",
  contact: "M12 4a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z M5 20c.5-4 3-6 7-6s6.5 2 7 6",
  people: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z M3 19c.4-3.5 2.6-5.3 6-5.3s5.6 1.8 6 5.3 M16 5.5a2.7 2.7 0 0 1 0 5.2 M17.5 14c2 .6 3.2 2.2 3.5 5",
  bellOff: "M6 16.5c1.4-1.6 1.5-3 1.5-5.5a4.5 4.5 0 0 1 7.5-3.4 M16.5 11c0 2.5.1 3.9 1.5 5.5H9 M10.5 19.5a1.7 1.7 0 0 0 3 0 M4 4l16 16",
  more: "M12 5.5h.01 M12 12h.01 M12 18.5h.01",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M18.7 5.3l-1.4 1.4 M6.7 17.3l-1.4 1.4",
  play: "M8 5.5v13l10.5-6.5Z",
  pause: "M8.5 5.5v13 M15.5 5.5v13",
  close: "M6 6l12 12 M18 6 6 18",
  plus: "M12 5v14 M5 12h14",
  down: "M6 10l6 6 6-6",
  block: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z M6 6l12 12",
  file: "M7 3.5h7l4 4v13H7Z M14 3.5v4h4",
  plug: "M9 3v5 M15 3v5 M6 8h12v3.5a6 6 0 0 1-12 0Z M12 17.5V21",
  hand: "M8 12V5.5a1.5 1.5 0 0 1 3 0V11 M11 10.5v-6a1.5 1.5 0 0 1 3 0V11 M14 11V6a1.5 1.5 0 0 1 3 0v8.5a6 6 0 0 1-6 6c-2.5 0-4-1-5.3-3.2L3.8 14a1.5 1.5 0 0 1 2.5-1.5L8 14.5",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.append(path);
  return svg;
}

/** A calm colour that always belongs to the same person or group. */
export function hue(id) {
  return [162, 28, 212, 338, 92, 258, 8, 190][Math.abs(Number(id)) % 8];
}

export function face(id, name, extra = "") {
  const letter = [...String(name || "?").trim()][0] ?? "?";
  return h("span", { class: `face ${extra}`, style: `--hue:${hue(id)}`, "aria-hidden": "true" }, letter);
}
