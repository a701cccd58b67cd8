"""Strangers, former members, modified clients and old links: they can do nothing, and are told so kindly."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram.filters.callback_data import CallbackData
from sqlalchemy import select, update

from bot import handlers
from bot.flows.talking import FLOWS
from desk import honour_asks, honours, people
from desk.front import Desk
from desk.honour_standing import is_ready
from desk.invitations import invite, make_link
from desk.points import earn
from domain.honours import period_of
from domain.people import Person
from domain.points import Earning
from domain.words import Text
from sandbox.phones import Json, Phone
from storage.honours import on_board
from storage.roles import end_role
from storage.tables import honour_boards, teams
from tests.promises.conftest import rows
from tests.stories.test_asking import ASK
from tests.stories.test_private_door import CANARY, TELLS, TO_THE_DOOR
from tests.town import TestTown

ORDERS = ("orders", "order_parts", "order_history", "ratings", "escalation_runs", "deadlines", "alerts")
PLACES = ("roles", "households", "invitations", "teams", "groups")
LEDGERS = ("transfers", "postings", "cases", "case_grants", "access_log")
REPORTED = ("reports", "followers", "good_deeds", "problems", "problem_followers", "pictures", "posters")
MARKET = ("items", "stations", "merchants", "redemptions", "stock_moves", "hand_awards", "household_changes")
THANKED = ("honour_boards", "honours")
"""Nobody may change anything in these without the right to."""

REPORT = (
    "/report",
    "[Something dangerous]",
    "[A lamp is out]",
    "Dark behind the bins",
    "[That's all]",
    "Ankang, building 3",
    "[Rather not]",
    "[Yes, 14 or older]",
    "[Yes, send it]",
)
STORY, PLACE, TAKE = "my leg hurts", "room 201", "I'll take it"
NUMBERS = (1, 99, 2**63)
GARBAGE = (
    ":",
    "o:claim",
    "o:claim:x",
    "o:claim:1:2",
    "o:claim:9_223_372_036_854_775_808",
    "o:CLAIM:1",
    "f:::",
    "lang:",
    "no such thing",
    "😀" * 16,
    "o:😀:1",
    "a\x00b",
    "%s{0}<b>",
)
GIVEN: dict[str, tuple[Any, ...]] = {
    "flow": (*FLOWS, "?"),
    "phrase": ("at_door", "late", "?"),
    "what": ("speed", "quality", "station", "item", "?"),
    "dimension": ("service", "?"),
    "span": ("week", "month", "?"),
    "back": (0, 99),
    "page": (0, 99),
    "anew": (0, 1),
    "token": ("aaaaaa",),
    "answer": ("yes", "no", "?"),
    "given": (5, 99),
    "version": (2,),
    "mark": (0,),
    "language": ("?",),
    "talk": ("aaaaaa",),
    "turn": (1,),
    "matched": (0,),
    "value": ("yes",),
    "id": NUMBERS,
}


def forged() -> Iterator[str]:
    """Every verb that any handler knows, with things of others', of nobody's, and far too large."""
    for kind in CallbackData.__subclasses__():
        source = inspect.getsource(inspect.getmodule(kind) or handlers)
        verbs = {verb for line in re.findall(r'case (".*"):', source) for verb in re.findall(r'"(\w+)"', line)}
        fields = [("on", "off", "yes", "?", *verbs) if name == "verb" else GIVEN[name] for name in kind.model_fields]
        if kind.__module__.startswith("bot."):
            yield from (":".join([kind.__prefix__, *map(str, values)]) for values in product(*fields))


async def something_of_everything(town: TestTown) -> Json:
    """A confidential matter of Ama's, what she has reported, and a request that Ben has taken; another one waits."""
    await town.joins(town.ama)
    await town.ama.says(*REPORT)
    await town.ama.says(*TO_THE_DOOR, *TELLS)
    await town.ama.says("/menu", *ASK, "[Yes, send it]")
    await town.ben.taps(TAKE, on=await town.volunteers.sees("Groceries", buttons=[TAKE]))
    await town.joins(town.faye)
    await town.at_desk(lambda desk: let_a_board_wait(desk, town))
    return await waiting(town)


def let_a_board_wait(desk: Desk, town: TestTown) -> None:
    """It could go out this minute: Ben's household has said yes, Cleo's has had its time."""
    for phone, count in ((town.ben, 5), (town.cleo, 4)):
        home = known(desk, phone).household_id
        assert home is not None
        earn(desk, Earning(f"helped:{phone.id}", home, None, count, Text("Given by hand")))
    board_id = honours.propose(desk, "ankang", period_of(f"{desk.now:%Y-%m}"))
    assert board_id is not None and honours.begin_asking(desk, honours.get_board(desk, board_id))
    ben, asked = known(desk, town.ben), on_board(desk.conn, board_id)[0]
    question = honour_asks.question(desk, asked.id, ben)
    assert question is not None
    honour_asks.answer(desk, ben, asked.id, "yes", question.mark)
    desk.conn.execute(update(honour_boards).values(answer_by=desk.now))
    board = honours.get_board(desk, board_id)
    assert is_ready(desk, board) and board.version in GIVEN["version"]


async def waiting(town: TestTown) -> Json:
    """The card of a request that waits in the group."""
    await town.joins(town.hugo)
    await town.hugo.says("/help", "[Groceries]", "Bread", "[That's all]", "[For me]")
    await town.hugo.says("Ankang, building 2, room 302", "[Today]", "[Yes, send it]")
    return await town.volunteers.sees("Groceries", buttons=[TAKE])


def dump(town: TestTown) -> dict[str, list[str]]:
    return dict(town.look(lambda desk: rows(desk.conn, *ORDERS, *PLACES, *LEDGERS, *REPORTED, *MARKET, *THANKED)))


def said_since(town: TestTown, n: int) -> list[Json]:
    """What the desk has put before somebody's eyes since."""
    return [
        call
        for call in list(town.demo.sandbox.world.calls)[n:]
        if call["method"].startswith(("send", "editMessageText"))
    ]


def known(desk: Desk, phone: Phone) -> Person:
    person = people.find_person(desk, phone.id)
    assert person is not None
    return person


async def is_answered(town: TestTown, phone: Phone, data: str, on: Json) -> None:
    """In the pop-up, or by what is shown in their chat; never with an apology for a fault."""
    before = len(town.demo.sandbox.world.calls)
    answer = (await phone.forges(data, on=on)) or {}
    words = answer.get("text") or " ".join(map(str, said_since(town, before)))
    assert words, f"{data!r} was answered with silence"
    assert "wrong on our side" not in words, data


def test_every_kind_of_button_has_a_beginning_of_its_own() -> None:
    """Two that begin alike, and the first to listen hears what was meant for the other."""
    begins = [kind.__prefix__ for kind in CallbackData.__subclasses__() if kind.__module__.startswith("bot.")]
    assert len(begins) > 10 and sorted(begins) == sorted(set(begins))


async def test_forged_buttons_change_nothing_and_every_one_is_answered(town: TestTown) -> None:
    await something_of_everything(town)
    before, on = dump(town), await town.faye.last()
    for data in (*forged(), *GARBAGE):
        await is_answered(town, town.faye, data, on)
    assert dump(town) == before
    await town.faye.does_not_see(STORY, PLACE, CANARY)


async def test_forged_answers_to_ones_own_question_lead_nowhere(town: TestTown) -> None:
    await town.joins(town.faye)
    await town.faye.says("/help")
    for value in ("errand:1", "private!", "~no", "-1", "🙂", "{0}", "a:b", "\x00"):
        question = await town.faye.last()
        true = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")
        await is_answered(town, town.faye, ":".join([*true[:3], value]), question)
        other_turn = ":".join([true[0], true[1], str(int(true[2]) + 7), true[3]])
        await is_answered(town, town.faye, other_turn, await town.faye.last())
    await town.faye.says(*ASK[1:], "[Yes, send it]")
    await town.faye.sees("Nobody has taken it yet")


@pytest.mark.parametrize(("code", "told"), [("en", "Only the volunteers of Ankang Neighbours"), ("zh-hans", "志愿者")])
async def test_a_stranger_in_the_group_can_do_nothing_there(town: TestTown, code: str, told: str) -> None:
    card = await waiting(town)
    stranger = await town.demo.town.person("Quirin", language_code=code)
    await town.demo.town.do("members", group=town.volunteers.id, user=stranger.id, status="member")
    await town.settle()
    before = dump(town)
    await stranger.taps(TAKE, on=card)
    stranger.is_told(told)
    for verb in ("on_way", "close", "reopen", "need_help", "show"):
        await is_answered(town, stranger, f"o:{verb}:1", card)
    await stranger.replies("I know her, she is never at home", to=card)
    for words in ("/setup", "/mine", "/queue", "/start i_guess", "/forget", "hello all"):
        await stranger.says(words, chat=town.volunteers.id)
    assert dump(town) == before
    await town.volunteers.does_not_see("Bread", "room 302", "Hugo")


async def test_whoever_has_left_the_group_or_lost_the_role_takes_nothing(town: TestTown) -> None:
    card = await waiting(town)
    await town.demo.town.do("members", group=town.volunteers.id, user=town.cleo.id, status="left")
    await town.settle()

    def ends(desk: Desk) -> None:
        team = desk.conn.scalar(select(teams.c.id).where(teams.c.chat_id == town.volunteers.id)) or 0
        end_role(desk.conn, desk.now, known(desk, town.ben).id, "volunteer", team_id=team)

    await town.at_desk(ends)
    before = dump(town)
    for former in (town.ben, town.cleo):
        await former.taps(TAKE, on=card)
        former.is_told("Only the volunteers of Ankang Neighbours can take this")
        await former.says("/mine")
        await former.does_not_see("Bread", "Groceries")
        await is_answered(town, former, "o:claim:1", await former.last())
    assert dump(town) == before


async def test_links_that_are_used_expired_foreign_or_garbled_open_nothing(town: TestTown) -> None:
    def link(desk: Desk, role: str, unit: str = "", team_id: int = 0) -> str:
        return parse_qs(urlsplit(invite(desk, known(desk, town.ivy), role, unit, team_id)).query)["start"][0]

    used = await town.at_desk(lambda desk: link(desk, "volunteer", team_id=1))
    expired = await town.at_desk(lambda desk: link(desk, "supervisor", "ankang"))
    group = await town.at_desk(lambda desk: make_link(desk, None, "g_", "group", "", 1, timedelta(days=9)))
    await town.joins(town.faye)
    await town.joins(town.ama)
    await town.ama.starts(used)
    await town.ama.sees("You are now volunteer of Ankang Neighbours")
    await town.wait(hours=73)
    before = dump(town)
    told = {
        used: "opened this link already",
        expired: "expired",
        group: "This link is for a group",
        "i_" + "A" * 32: "don't know this link",
        used[:-1]: "don't know this link",
        "i_": "don't know this link",
        "h_00000000": "no household with this code",
        "c_1": "Somebody else has it by now",
        "c_99999999999999999999": "Somebody else has it by now",
        "j_99999999999999999999": "can't find that",
        "j_x": "can't find that",
        "zz_garbled": "not one of ours",
        "g": "not one of ours",
        "😀": "not one of ours",
    }
    for payload, sentence in told.items():
        await town.faye.starts(payload)
        await town.faye.hears(sentence)
    assert dump(town) == before
