// The phones: several people's Telegram side by side, in an invented town, to watch and to try by hand.
import { makeBar } from "./bar.js";
import { makeBoard } from "./board.js";
import { gist } from "./media.js";
import { isBots, nameOf } from "./message.js";
import { connect, groupOf, isGroup, onChange, personOf, town } from "./town.js";
import { htmlLanguage, say, switchLanguage } from "./words.js";

const at = (id) => document.getElementById(id);
const board = makeBoard(at("stage"));
const bar = makeBar(at("bar"), at("caption"), board, {
  turnLanguage: () => {
    switchLanguage();
    wordThePage();
  },
});

function wordThePage() {
  document.documentElement.lang = htmlLanguage();
  document.title = say("title");
  bar.refresh();
  board.refresh();
}

// Many events often come together: everything is drawn once for all of them.
let waiting = [];
onChange((change) => {
  waiting.push(change);
  if (waiting.length > 1) return;
  queueMicrotask(() => {
    const changes = waiting;
    waiting = [];
    if (changes.some((one) => one.type === "state")) board.arrange();
    changes.forEach((one) => board.hear(one));
    changes.forEach(announce);
    bar.refresh();
    board.refresh();
  });
});

/** Reads new messages out to those who listen instead of looking; only of chats that stand on the page. */
function announce({ type, chat, message }) {
  if (type !== "message" || !message || !board.shows(chat)) return;
  const name = isGroup(chat) ? groupOf(chat)?.title : personOf(chat)?.first_name;
  const speaker = isBots(message) ? town.bot.first_name : nameOf(message);
  at("announcer").replaceChildren(say("heard", { chat: name ?? "", name: speaker, text: gist(message).slice(0, 240) }));
}

wordThePage();
connect();
