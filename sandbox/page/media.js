// Draws what is not text: photos, voice, places, contacts, polls; an unknown kind gets a plain line and breaks nothing.
import { face, h, icon } from "./draw.js";
import { richText } from "./text.js";
import { say } from "./words.js";

export const fileUrl = (id) => `/control/file/${encodeURIComponent(id)}`;
const length = (seconds = 0) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** The first of these that a message has says what it is. A venue also has a location, so it comes first. */
const KINDS = { photo, voice, audio: voice, video_note: film, animation: film, video: film, document: paper, venue, location: place,
  contact, sticker, poll, dice: (dice) => h("span", { class: "big" }, dice.emoji) };

export function media(message, act) {
  const kind = Object.keys(KINDS).find((name) => message[name]);
  return kind ? KINDS[kind](message[kind], message, act) : null;
}

/** A word for a message without text, for quotes and for being read out. */
export function gist(message) {
  const words = message.text ?? message.caption;
  if (words) return words;
  const names = { photo: "kindPhoto", voice: "kindVoice", audio: "kindVoice", video: "kindVideo", video_note: "kindVideo", document: "kindFile",
    venue: "kindPlace", location: "kindPlace", sticker: "kindSticker", poll: "kindPoll", contact: "kindContact" };
  const kind = Object.keys(names).find((name) => message[name]);
  return say(kind ? names[kind] : "kindMessage");
}

function photo(sizes, message, act) {
  const best = sizes.at(-1);
  const picture = h("img", { src: fileUrl(best.file_id), alt: message.caption ?? say("kindPhoto"), width: best.width, height: best.height,
    decoding: "async" });
  picture.onerror = () => picture.replaceWith(h("span", { class: "lost-picture" }, icon("photo"), say("kindPhoto")));
  const frame = h("button", { type: "button", class: `picture ${message.has_media_spoiler ? "hidden-picture" : ""}`, "aria-label": say("openPhoto"),
    onclick: () => {
      if (frame.classList.contains("hidden-picture")) frame.classList.remove("hidden-picture");
      else act.look?.(picture.src, picture.alt);
    } }, picture);
  return frame;
}

function voice(sound, message, act) {
  const seed = [...String(sound.file_unique_id ?? sound.file_id)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
  const bars = Array.from({ length: 28 }, (_, i) => h("i", { style: `height:${22 + ((seed * (i + 3) * (i + 11)) % 78)}%` }));
  const player = new Audio();
  player.preload = "none";
  const button = h("button", { type: "button", class: "round", "aria-label": say("playVoice", { length: length(sound.duration) }),
    onclick: () => {
      if (!player.src) player.src = fileUrl(sound.file_id);
      if (player.paused) player.play().catch(() => act.toast?.(say("cannotPlay")));
      else player.pause();
    } }, icon("play"));
  player.onplay = () => button.replaceChildren(icon("pause"));
  player.onpause = player.onended = () => button.replaceChildren(icon("play"));
  player.ontimeupdate = () => bars.forEach((bar, i) => bar.classList.toggle("heard", i / bars.length < player.currentTime / (player.duration || 1)));
  return h("div", { class: "voice" }, button, h("span", { class: "wave", "aria-hidden": "true" }, bars), h("span", { class: "length" }, length(sound.duration)));
}

function film(video, message) {
  return h("div", { class: message.video_note ? "film note" : "film" }, icon("play"), h("span", {}, `${say("kindVideo")} ${length(video.duration)}`));
}

function paper(file) {
  const size = file.file_size ? ` · ${Math.max(1, Math.round(file.file_size / 1024))} KB` : "";
  return h("div", { class: "paper" }, h("span", { class: "round" }, icon("file")), h("span", {}, file.file_name ?? say("kindFile"), size));
}

// A drawn map: streets and water are invented, only the pin is the message's.
function place(point, message, act, title = say("kindPlace"), address = "") {
  const where = `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`;
  return h("div", { class: "place" }, h("div", { class: "map", "aria-hidden": "true" }, icon("pin")), h("div", { class: "address" },
    h("strong", {}, title), h("span", {}, address || where)));
}

function venue(spot, message, act) {
  return place(spot.location, message, act, spot.title, spot.address);
}

function contact(card) {
  const name = [card.first_name, card.last_name].filter(Boolean).join(" ");
  return h("div", { class: "contact" }, face(card.user_id ?? name.length, name), h("span", {}, h("strong", {}, name), h("span", {}, card.phone_number)));
}

function sticker(piece) {
  if (piece.is_animated || piece.is_video || !piece.file_id) return h("span", { class: "big" }, piece.emoji ?? "🙂");
  const picture = h("img", { class: "sticker", src: fileUrl(piece.file_id), alt: piece.emoji ?? say("kindSticker") });
  picture.onerror = () => picture.replaceWith(h("span", { class: "big" }, piece.emoji ?? "🙂"));
  return picture;
}

function poll(question) {
  const all = Math.max(1, question.total_voter_count ?? 0);
  const choices = (question.options ?? []).map((option) => h("li", {}, option.text,
    h("progress", { max: all, value: option.voter_count ?? 0, "aria-label": option.text })));
  return h("div", { class: "poll" }, h("strong", {}, richText(question.question, question.question_entities ?? [])), h("ul", {}, choices));
}
