"""The states of an order: every verb from every state, and what each reader may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.desk_file import Category
from domain.order_views import group_view, holder_view, request_view
from domain.orders import ALIVE, HELD, MOVES, OPEN, OVER, WAITING, Order, Part, after, is_own, stands
from domain.people import Person
from domain.words import _, plain
from storage.tables import ORDER_STATES

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
AMA, BEN, FAYE = Person(1, household_id=1), Person(2, household_id=2), Person(3, household_id=3)
ERRAND = Category("errand", {"en": "Groceries"}, cash=True)

TABLES = """
            offer       claim       assign      on_way      release     resolve     close       reopen      cancel
new         offered     claimed     claimed     -           -           -           -           -           cancelled
offered     offered     claimed     claimed     -           -           -           -           -           cancelled
reopened    offered     claimed     claimed     -           -           -           -           -           cancelled
claimed     offered     -           claimed     in_progress offered     resolved    -           -           cancelled
in_progress offered     -           claimed     -           offered     resolved    -           -           cancelled
waiting     offered     -           claimed     -           -           -           -           -           cancelled
resolved    -           -           -           -           -           -           closed      reopened    -
closed      -           -           -           -           -           -           -           -           -
cancelled   -           -           -           -           -           -           -           -           -
duplicate   -           -           -           -           -           -           -           -           -
referred    -           -           -           -           -           -           -           -           -

            ask         answer      accept      merge       split       refer       decline     not_mended
new         waiting     -           offered     duplicate   -           referred    cancelled   -
offered     waiting     -           -           duplicate   -           referred    -           -
reopened    waiting     -           -           duplicate   -           referred    -           -
claimed     -           -           -           -           -           -           -           -
in_progress -           -           -           -           -           -           -           -
waiting     -           offered     offered     duplicate   -           referred    cancelled   -
resolved    -           -           -           -           -           -           -           reopened
closed      -           -           -           -           -           -           -           reopened
cancelled   -           -           -           -           -           -           -           -
duplicate   -           -           -           -           offered     -           -           -
referred    -           -           -           -           -           -           -           -
"""


def order(**changed: Any) -> Order:
    blank: dict[str, Any] = dict.fromkeys(Order.__dataclass_fields__)
    made = Order(
        **{
            **blank,
            "id": 1,
            "reference": "K7-42M",
            "category": "errand",
            "unit": "ankang",
            "team_id": 1,
            "state": "offered",
            "version": 0,
            "asked_by": 1,
            "requester_id": 1,
            "place": "Secret Street 9",
            "for_phone": "0580999",
            "wanted": _("Today"),
            "speaks": "Wu",
            "discreet": False,
            "call_back": False,
            "provisional": False,
            "door_word": 1,
            "made_at": NOON,
        }
    )
    return replace(made, **changed)


def test_every_verb_from_every_state() -> None:
    tables = [[line.split() for line in each.splitlines()] for each in TABLES.strip("\n").split("\n\n")]
    assert {verb for head, *_rows in tables for verb in head} == set(MOVES)
    for head, *rows in tables:
        assert {row[0] for row in rows} == set(ORDER_STATES)
        for state, *ends in rows:
            for verb, end in zip(head, ends, strict=True):
                assert after(verb, state, team_id=1) == (None if end == "-" else end), (verb, state)


def test_what_no_team_can_see_is_new_and_not_offered() -> None:
    assert after("release", "claimed", team_id=None) == "new"
    assert after("offer", "new", team_id=7) == "offered"


def test_states_are_sorted_into_open_held_and_over() -> None:
    assert {*OPEN, WAITING, *HELD, *OVER, "resolved"} == set(ORDER_STATES)
    assert set(ALIVE) == {*OPEN, WAITING, *HELD}


@pytest.mark.parametrize("state", ORDER_STATES)
def test_every_state_can_be_said(state: str) -> None:
    assert stands(order(state=state), "Ben").msgid


def test_the_whole_household_counts_as_ones_own() -> None:
    cousin = Person(9, household_id=AMA.household_id)
    assert is_own(order(), AMA, [AMA]) and is_own(order(), cousin, [AMA])
    assert not is_own(order(), BEN, [AMA])
    assert not is_own(order(), Person(8), [replace(AMA, household_id=None)])


def test_the_group_sees_nothing_by_which_somebody_could_be_found() -> None:
    view = group_view(order(), ERRAND, {"en": "Ankang"}, building="3", holder=None)
    assert view.can_be_claimed and view.building == "3" and view.since == NOON
    assert "Secret" not in repr(view) and "0580" not in repr(view)


def test_own_words_about_when_are_not_for_the_group() -> None:
    said = order(wanted=plain("when my husband is out"))
    assert group_view(said, ERRAND, {"en": "Ankang"}, building="", holder=None).wanted is None


def test_of_a_discreet_order_the_group_sees_category_unit_and_since_when() -> None:
    discreet = order(discreet=True, state="claimed")
    view = group_view(discreet, ERRAND, {"en": "Ankang"}, building="3", holder="Ben")
    assert (view.building, view.wanted, view.speaks) == ("", None, None)
    assert "Ben" not in repr(view)


def held_by(reader: Person, **changed: Any) -> object:
    story = [Part(1, "text", "rice", None)]
    mine = order(**{"state": "claimed", "holder_id": BEN.id, **changed})
    return holder_view(mine, ERRAND, reader_id=reader.id, whom="Ama", phone=None, address="", story=story, notes=[])


@pytest.mark.parametrize("state", ORDER_STATES)
def test_only_the_holder_sees_everything_and_only_while_they_have_it(state: str) -> None:
    assert (held_by(BEN, state=state) is not None) == (state in HELD)
    assert held_by(FAYE, state=state) is None


def test_a_claim_that_waits_for_the_chat_to_be_opened_shows_nothing() -> None:
    assert held_by(BEN, provisional=True) is None


def requested(reader: Person, **changed: Any) -> Any:
    return request_view(
        order(**changed),
        ERRAND,
        reader_id=reader.id,
        holder="Ben" if changed.get("holder_id") else None,
        promised_at=NOON,
        call=(_("the supervisor"), NOON),
        run="running",
        emergency=(),
        quiet=None,
        question=None,
        done=[],
        to_rate="speed",
    )


def test_the_living_card_is_for_whoever_asked_alone() -> None:
    assert requested(FAYE) is None
    assert requested(AMA).promised_at == NOON


def test_the_door_word_is_there_as_soon_as_somebody_has_it_for_certain() -> None:
    assert requested(AMA).door_word is None
    assert requested(AMA, state="claimed", holder_id=2, provisional=True).door_word is None
    taken = requested(AMA, state="claimed", holder_id=2)
    assert taken.door_word and taken.holder == "Ben" and taken.called_next is None


def test_marks_are_asked_for_when_it_is_closed() -> None:
    assert requested(AMA, state="resolved").to_rate is None
    assert requested(AMA, state="closed").to_rate == "speed"
