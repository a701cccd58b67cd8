"""A reply to the card in the group is a note on the order: from the team alone, and never too much for the card."""

from __future__ import annotations

import pytest

from desk import holding, relay
from desk.front import Line
from domain.relay import NOTES_HOLD, Full
from storage.orders import parts_of
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP
from tests.deeds.test_relay import KNOCK, PICTURE, taken


def test_a_reply_of_the_team_is_a_note_and_its_holder_hears_of_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        assert relay.note_from_group(desk, cast.cleo, GROUP, order.id, {"kind": "text", "words": "The lift is broken"})
        [line] = [said for said in desk.said if isinstance(said, Line)]
        assert (line.chat_id, line.text.blanks["name"], line.text.blanks["words"]) == (12, "Cleo", "The lift is broken")
        assert not [said for said in desk.said if isinstance(said, Line) and said.chat_id == GROUP]
        assert relay.note_from_group(desk, cast.cleo, GROUP, order.id, PICTURE)
        assert [note.kind for note in parts_of(desk.conn, order.id, "note")] == ["text", "photo"]


def test_a_reply_of_anybody_else_is_ignored(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        for stranger in (cast.faye, cast.ama, cast.dina):
            assert not relay.note_from_group(desk, stranger, GROUP, order.id, KNOCK)
        assert not relay.note_from_group(desk, cast.cleo, OTHER_GROUP, order.id, KNOCK)
        assert parts_of(desk.conn, order.id, "note") == []
        assert desk.said == []


def test_notes_fit_on_the_card_however_many_are_written(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        long = {"kind": "text", "words": "x" * 400}
        kept = [relay.note_from_group(desk, cast.cleo, GROUP, order.id, long) for _n in range(4)]
        assert kept == [True, True, False, False]
        assert sum(len(note.words or "") for note in parts_of(desk.conn, order.id, "note")) <= NOTES_HOLD
        holding.release(desk, cast.ben, order.id)
        with pytest.raises(Full):
            relay.relay_words(desk, cast.ama, order.id, [long])
