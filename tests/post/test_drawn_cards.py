"""Cards with a picture of our own: drawn when sent, edited in place, and gone when words take their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from bot.post.office import PostOffice
from bot.post.standing import Picture, Rendered
from desk.front import CardRefresh
from tests.post.conftest import Open, Town

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (320).to_bytes(4, "big") + (200).to_bytes(4, "big")


class Painter:
    """What stands on the card, as a test wishes it; and how often it was drawn."""

    def __init__(self, name: str = "picture.png") -> None:
        self.name, self.words, self.seen, self.drawn = name, "Here it is", "one", 0
        self.shows = True

    def __call__(self, conn: Connection, subject: str, subject_id: int, chat_id: int) -> Rendered | None:
        if not self.words:
            return None
        keyboard = {"inline_keyboard": [[{"text": "Fine", "callback_data": "fine"}]]}
        return Rendered(self.words, keyboard, picture=Picture(self.name, self.seen, self.draw) if self.shows else None)

    def draw(self) -> bytes:
        self.drawn += 1
        return PNG + self.seen.encode()


async def opened(open_office: Open, monkeypatch: Any, painter: Callable[..., Any]) -> PostOffice:
    monkeypatch.setattr("tests.post.tiny.render", painter)
    return await open_office()


async def refresh(post: PostOffice, chat: int, **how: Any) -> None:
    await post.pump.do(lambda desk: desk.say(CardRefresh(chat, "drawing", 1, **how)))
    await post.drained()


async def standing(town: Town, chat: int) -> list[dict[str, Any]]:
    return [each for each in await town.messages(chat) if not each["deleted"]]


async def test_a_picture_is_drawn_once_and_changed_where_it_stands(
    town: Town, open_office: Open, monkeypatch: Any
) -> None:
    ama, painter = await town.person(), Painter()
    post = await opened(open_office, monkeypatch, painter)
    await refresh(post, ama)
    await refresh(post, ama)
    (card,) = await standing(town, ama)
    assert (card["caption"], painter.drawn) == ("Here it is", 1)
    assert card["photo"] and card["reply_markup"]
    first = card["photo"][-1]["file_id"]
    painter.words = "Not yet collected"
    await refresh(post, ama)
    (card,) = await standing(town, ama)
    assert (card["caption"], card["photo"][-1]["file_id"], painter.drawn) == ("Not yet collected", first, 1)
    painter.seen = "two"
    await refresh(post, ama)
    (card,) = await standing(town, ama)
    assert card["photo"][-1]["file_id"] != first
    assert (card["caption"], painter.drawn) == ("Not yet collected", 2)
    assert card["reply_markup"]
    methods = [each["method"] for each in await town.calls("sendPhoto", "editMessageCaption", "editMessageMedia")]
    assert methods == ["sendPhoto", "editMessageCaption", "editMessageMedia"]
    stored = town.box.world.files.by_id[card["photo"][-1]["file_id"]]
    assert stored.data == PNG + b"two"


async def test_words_in_its_place_take_the_picture_away(town: Town, open_office: Open, monkeypatch: Any) -> None:
    ama, painter = await town.person(), Painter()
    post = await opened(open_office, monkeypatch, painter)
    await refresh(post, ama)
    painter.shows, painter.words = False, "Handed over"
    await refresh(post, ama)
    assert [each.get("text") for each in await standing(town, ama)] == ["Handed over"]
    painter.shows, painter.words = True, "Here is another"
    await refresh(post, ama)
    assert [each.get("caption") for each in await standing(town, ama)][-1] == "Here is another"
    painter.words = ""
    await refresh(post, ama)
    assert [each for each in await standing(town, ama) if "photo" in each] == []


async def test_anew_leaves_no_old_picture_behind(town: Town, open_office: Open, monkeypatch: Any) -> None:
    ama, painter = await town.person(), Painter()
    post = await opened(open_office, monkeypatch, painter)
    await refresh(post, ama)
    await refresh(post, ama, anew=True)
    assert [each["caption"] for each in await standing(town, ama)] == ["Here it is"]


async def test_a_paper_has_its_name(town: Town, open_office: Open, monkeypatch: Any) -> None:
    ama, painter = await town.person(), Painter("statement.pdf")
    post = await opened(open_office, monkeypatch, painter)
    await refresh(post, ama)
    painter.seen = "two"
    await refresh(post, ama)
    (card,) = await standing(town, ama)
    assert card["document"]["file_name"] == "statement.pdf"
    assert town.box.world.files.by_id[card["document"]["file_id"]].data == PNG + b"two"
