"""Every kind of message in every step of every conversation: taken, or answered with one short hint of what to send.

Nothing is left unanswered, nothing goes into quarantine, and nothing that moves or is no message makes anything happen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.flows import ALL, talking
from bot.flows.flow import Flow
from desk.people import find_person
from sandbox.phones import Json, Phone, text_of
from storage.tables import inbox, orders, talks
from storage.talks import put_talk
from tests.conftest import MORNING
from tests.flows.scenes import SCENES
from tests.flows.test_every_flow import answer, here, opens
from tests.town import TestTown, a_town

FILE = {"file_id": "AgACAgIY9cq", "file_unique_id": "AQAD1"}
PHOTO = [{**FILE, "width": 90, "height": 90}]
SIZE = {"width": 9, "height": 9}
HIDDEN = {"type": "hidden_user", "date": 1795399200, "sender_user_name": "Z"}
PLACE = {"latitude": 31.2, "longitude": 121.4}
STAMP = 1795399200
POLL = {
    "id": "1",
    "question": "Tea?",
    "options": [
        {"text": "Yes", "voter_count": 0, "persistent_id": "1"},
        {"text": "No", "voter_count": 0, "persistent_id": "2"},
    ],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
CHOSEN = {"option_ids": [0], "option_persistent_ids": ["Yes"]}
USER = {"id": 9, "is_bot": False, "first_name": "Zoe"}
SENT: dict[str, Json] = {
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
    },
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "voice": {"voice": {**FILE, "duration": 2}},
    "audio": {"audio": {**FILE, "duration": 2}},
    "video": {"video": {**FILE, "width": 9, "height": 9, "duration": 2}},
    "video note": {"video_note": {**FILE, "length": 9, "duration": 2}},
    "animation": {"animation": {**FILE, "width": 9, "height": 9, "duration": 2}, "document": {**FILE}},
    "photo": {"photo": PHOTO},
    "document": {"document": {**FILE, "file_name": "list.pdf"}},
    "contact": {"contact": {"phone_number": "05801234567", "first_name": "Zoe", "user_id": 9}},
    "location": {"location": PLACE},
    "live location": {"location": {**PLACE, "live_period": 900}},
    "venue": {"venue": {"location": PLACE, "title": "The station", "address": "1 Main Street"}, "location": PLACE},
    "poll": {"poll": POLL},
    "paid media": {"paid_media": {"star_count": 5, "paid_media": [{"type": "photo", "photo": PHOTO}]}},
    "story": {"story": {"chat": {"id": 9, "type": "private", "first_name": "Zoe"}, "id": 1}},
    "game": {"game": {"title": "Chess", "description": "A game", "photo": PHOTO}},
    "checklist": {"checklist": {"title": "To buy", "tasks": [{"id": 1, "text": "Rice"}]}},
    "an old forward": {
        "text": "Hello",
        "forward_origin": {"type": "hidden_user", "date": STAMP, "sender_user_name": "Z"},
    },
}
"""What people send; each is answered."""
LIKE = {
    **dict.fromkeys(("dice", "poll", "paid media", "story", "game", "checklist"), "sticker"),
    **dict.fromkeys(("video note", "animation"), "video"),
    **dict.fromkeys(("live location", "venue"), "location"),
    "audio": "voice",
}
"""What a conversation hears as the same thing: tried once with every sort of question, the others in every step."""
CALLED = {"location": "place", "an old forward": "text"}
"""Where a step names what it takes otherwise than people do."""
NOTICES: dict[str, Json] = {
    "pinned": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "write access": {"write_access_allowed": {}},
    "users shared": {"users_shared": {"request_id": 1, "users": [{"user_id": 9}]}},
    "call ended": {"video_chat_ended": {"duration": 3}},
    "background": {
        "chat_background_set": {
            "type": {"type": "fill", "fill": {"type": "solid", "color": 1}, "dark_theme_dimming": 1}
        }
    },
    "proximity": {"proximity_alert_triggered": {"traveler": USER, "watcher": USER, "distance": 3}},
    "boost": {"boost_added": {"boost_count": 1}},
    "gift": {"giveaway_created": {}},
    "web app": {"web_app_data": {"data": "x", "button_text": "y"}},
}
"""What Telegram puts between the messages: nobody said it, and nobody waits for an answer."""


def others(phone: Phone) -> dict[str, Json]:
    """Updates that are no message at all."""
    who, chat = _who(phone)
    moved = {"message_id": 8000, "date": STAMP, "edit_date": STAMP + 5, "from": who, "chat": chat}
    reaction = {"chat": chat, "message_id": 8000, "user": who, "date": STAMP, "old_reaction": []}
    return {
        "a place that moves": {"edited_message": {**moved, "location": {**PLACE, "live_period": 900, "heading": 3}}},
        "a place that stands still": {"edited_message": {**moved, "location": PLACE}},
        "an edited caption": {"edited_message": {**moved, "photo": PHOTO, "caption": "/cancel"}},
        "a poll": {"poll": POLL},
        "an answer to a poll": {
            "poll_answer": {"poll_id": "1", "user": who, "option_ids": [0], "option_persistent_ids": ["1"]}
        },
        "a reaction": {"message_reaction": {**reaction, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
        "an inline query": {"inline_query": {"id": "1", "from": who, "query": "rice", "offset": ""}},
        "a request to join": {
            "chat_join_request": {
                "chat": {"id": -5, "type": "supergroup", "title": "x"},
                "from": who,
                "user_chat_id": 5,
                "date": STAMP,
            }
        },
    }


def _who(phone: Phone) -> tuple[Json, Json]:
    who = {"id": phone.id, "is_bot": False, "first_name": phone.name}
    return who, {"id": phone.id, "type": "private", "first_name": phone.name}


@pytest.fixture
async def town(tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING, strict=False) as opened:
        yield opened


async def hears(town: TestTown, phone: Phone, content: Json) -> list[str]:
    """The desk hears this; what it says to that."""
    who, chat = _who(phone)
    there = town.demo.sandbox.world.chats[phone.id].messages
    before = set(there)
    said = {"message_id": 7000, "date": int(town.now.timestamp()), "from": who, "chat": chat}
    await town.demo.town.do("raw", message={**said, **content})
    await town.settle()
    return [text_of(record.body) for number, record in there.items() if number not in before and record.from_bot]


async def happens(town: TestTown, phone: Phone, update: Json) -> list[str]:
    there = town.demo.sandbox.world.chats[phone.id].messages
    before = [text_of(record.body) for record in there.values()]
    await town.demo.town.do("raw", **update)
    await town.settle()
    after = [text_of(record.body) for record in there.values()]
    return [] if after == before else after[-1:]


def state_of(town: TestTown, phone: Phone) -> Any:
    """The conversation as it is kept, and every order as it stands."""

    def reading(desk: Any) -> Any:
        person = find_person(desk, phone.id)
        row = desk.conn.execute(select(talks).where(talks.c.person_id == person.id)).first() if person else None
        made = [dict(order._mapping) for order in desk.conn.execute(select(orders).order_by(orders.c.id))]
        return dict(row._mapping) if row else None, made

    return town.look(reading)


def put_back(town: TestTown, talk: dict[str, Any]) -> None:
    town.look(lambda desk: put_talk(desk.conn, talk))


def quarantined(town: TestTown) -> int:
    return town.look(  # type: ignore[no-any-return]
        lambda desk: len(desk.conn.execute(select(inbox.c.update_id).where(inbox.c.state == "quarantined")).all())
    )


@pytest.fixture(scope="session")
def tried() -> set[Any]:
    """The sorts of questions that were sent every kind already."""
    return set()


@pytest.mark.parametrize("flow", ALL, ids=lambda flow: flow.name)
async def test_in_every_step(flow: type[Flow], town: TestTown, tried: set[Any]) -> None:
    phone, first = await SCENES[flow.name](town)
    await opens(phone, first)
    if flow.name == "private":
        await phone.says(f"[{town.demo.app.file.categories['not_safe'].name['en']}]")
    assert here(town, phone) is not None
    await nobody_said_it(town, phone)
    for _step in range(40):
        found = here(town, phone)
        if found is None:
            break
        talk, step = found
        sort = (type(step), step.accepts, talk.sealed)
        kinds = [kind for kind in SENT if kind not in LIKE or sort not in tried]
        tried.add(sort)
        if await in_this_step(town, phone, talk, step, kinds):
            assert step.name == flow.steps[-1].name, "nothing is left that was not walked"
        else:
            await answer(town, phone, flow)
    else:
        raise AssertionError("it never ends")
    assert quarantined(town) == 0


async def nobody_said_it(town: TestTown, phone: Phone) -> None:
    """Notices, and what is no message: nothing is said to it, and nothing is otherwise than before."""
    before = state_of(town, phone)
    for kind, content in NOTICES.items():
        assert await hears(town, phone, content) == [], kind
    for kind, update in others(phone).items():
        assert await happens(town, phone, update) == [], kind
    assert state_of(town, phone) == before
    assert quarantined(town) == 0


async def in_this_step(town: TestTown, phone: Phone, flow: Flow, step: Any, kinds: list[str]) -> bool:
    """Everything is answered once; only what the step takes makes anything happen. True: that was the last answer.

    What the step takes is sent at the end, because what was done with it stays done.
    """
    before = state_of(town, phone)

    def taken(kind: str) -> bool:
        alike = LIKE.get(kind, kind)
        return CALLED.get(alike, alike) in step.accepts

    for kind in sorted(kinds, key=taken):
        put_back(town, before[0])
        heard = await hears(town, phone, SENT[kind])
        assert len(heard) == 1, f"{kind} at {flow.name}.{step.name}: {heard}"
        assert heard[0].strip(), kind
        if not taken(kind):
            after = here(town, phone)
            assert after is not None and after[1].name == step.name, f"{kind} moves {flow.name}.{step.name}"
            assert after[0].answers == flow.answers, f"{kind} is an answer to {flow.name}.{step.name}"
            assert state_of(town, phone)[1] == before[1], f"{kind} at {flow.name}.{step.name} does something"
    assert quarantined(town) == 0
    if here(town, phone) is None:
        return True
    put_back(town, before[0])
    await town.at_desk(lambda desk: talking.show_screen(desk, find_person(desk, phone.id), anew=True))
    return False


async def test_outside_of_any_conversation(town: TestTown) -> None:
    await town.joins(town.ama)
    for kind, content in SENT.items():
        heard = await hears(town, town.ama, content)
        assert 1 <= len(heard) <= 2, f"{kind}: {heard}"
        if here(town, town.ama):
            await town.ama.says("/cancel")
    await nobody_said_it(town, town.ama)


async def test_in_a_group_every_kind_passes_by(town: TestTown) -> None:
    who, _chat = _who(town.ben)
    chat = {"id": town.volunteers.id, "type": "supergroup", "title": "Ankang Neighbours"}
    before = await town.volunteers.from_bot()
    for content in [*SENT.values(), *NOTICES.values()]:
        said = {"message_id": 7000, "date": int(town.now.timestamp()), "from": who, "chat": chat}
        await town.demo.town.do("raw", message={**said, **content})
    await town.settle()
    assert await town.volunteers.from_bot() == before
    assert quarantined(town) == 0
