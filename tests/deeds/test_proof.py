"""Mended, with a picture: everybody who has seen it sees before and after; what is not mended is opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handlers.requests import paint_request
from bot.words import Reader
from desk import judging, pictures
from desk.closing import close, close_by_itself, reopen, resolve
from desk.front import Copy, Desk
from desk.orders import claim
from desk.relay import relay_words
from desk.reports import show_pictures
from domain.orders import Changed, NoteNeeded, Order, PictureNeeded
from domain.refusals import NotFound
from domain.words import plain
from storage.people import change_person, get_person
from storage.points import audit, balance_of
from tests.conftest import AtDesk
from tests.deeds.cast import add_household
from tests.deeds.reported import HANDY, Reported, now, told
from tests.deeds.test_judging import AMA, FAYE
from tests.deeds.waiting_order import asked_groups

AFTER = [{"kind": "text", "words": "A new lamp"}, {"kind": "photo", "file_id": "after"}]
BEN = 12


@pytest.fixture
def town(at_desk: AtDesk) -> Reported:
    return Reported(at_desk)


def mended(town: Reported) -> Order:
    """Ama reported it, Faye has seen it too, Ben has mended it; ten minutes have passed."""
    order = town.reported(followed_by=town.faye)
    with town.after(5) as desk:
        judging.accept(desk, town.cast.dina, order.id)
        claim(desk, town.cast.ben, order.id, HANDY)
    with town.after(10) as desk:
        resolve(desk, town.cast.ben, order.id, AFTER)
    return order


def labels(desk: Desk, order: Order, chat_id: int) -> list[str]:
    painted = paint_request(desk, order.id, chat_id)
    assert painted is not None
    reader = Reader(painted.language or "en", desk.file.zone, desk.now)
    return [reader.label(button.label) for button in painted.buttons]


def test_it_closes_only_with_the_picture_its_kind_asks_for(town: Reported) -> None:
    order = town.reported()
    with town.after(5) as desk:
        judging.accept(desk, town.cast.dina, order.id)
        claim(desk, town.cast.ben, order.id, HANDY)
        with pytest.raises(PictureNeeded):
            resolve(desk, town.cast.ben, order.id, AFTER[:1])
        assert now(desk, order).state == "claimed"


def test_a_kind_may_ask_for_a_few_words_as_well(town: Reported) -> None:
    order = town.reported()
    with town.after(5) as desk:
        lamp = replace(desk.file.categories["lamp"], done_needs=("photo", "note"))
        desk.file = replace(desk.file, categories={**desk.file.categories, "lamp": lamp})
        judging.accept(desk, town.cast.dina, order.id)
        claim(desk, town.cast.ben, order.id, HANDY)
        with pytest.raises(NoteNeeded):
            resolve(desk, town.cast.ben, order.id, AFTER[1:])
        resolve(desk, town.cast.ben, order.id, AFTER)
        assert now(desk, order).state == "resolved"


def test_reporter_and_followers_see_before_and_after_and_are_asked(town: Reported) -> None:
    order = town.reported(followed_by=town.faye)
    with town.after(5) as desk:
        judging.accept(desk, town.cast.dina, order.id)
        claim(desk, town.cast.ben, order.id, HANDY)
    with town.after(10) as desk:
        resolve(desk, town.cast.ben, order.id, AFTER)
        shown = [
            (said.chat_id, Reader(said.language or "en", desk.file.zone, desk.now).say(said.caption))
            for said in desk.said
            if isinstance(said, Copy) and said.caption is not None
        ]
        assert shown == [(AMA, "Before"), (AMA, "After"), (FAYE, "之前"), (FAYE, "之后")]
        assert labels(desk, order, AMA)[:2] == ["Yes, it's mended", "Not mended yet"]
        assert labels(desk, order, FAYE) == ["Not mended yet"]


def test_the_reporters_word_closes_it_once_and_everybody_else_hears(town: Reported) -> None:
    order = mended(town)
    with town.after(20) as desk:
        with pytest.raises(NotFound):
            close(desk, town.faye, order.id)
        before = {each: balance_of(desk.conn, each.household_id or 0) for each in (town.cast.ama, town.cast.ben)}
        close(desk, town.cast.ama, order.id)
        after = {each: balance_of(desk.conn, each.household_id or 0) for each in (town.cast.ama, town.cast.ben)}
        assert [after[each] - before[each] for each in before] == [2, 5]
        heard = told(desk)
        assert sorted(chat for chat, _words in heard) == [AMA, BEN, FAYE]
        assert "已经处理好了" in dict(heard)[FAYE] and "2 points" in dict(heard)[AMA]
        assert audit(desk.conn) == []


def test_if_its_reporter_says_nothing_time_closes_it_and_all_hear_once(town: Reported) -> None:
    order = mended(town)
    with town.after(4400) as desk:
        assert close_by_itself(desk, order.id) and not close_by_itself(desk, order.id)
        assert sorted(chat for chat, words in told(desk) if "mended" in words or "处理好了" in words) == [AMA, FAYE]


@pytest.mark.parametrize("content", [False, True])
def test_anybody_who_has_seen_it_may_say_that_it_is_not_mended(town: Reported, content: bool) -> None:
    order = mended(town)
    with town.after(20) as desk:
        if content:
            close(desk, town.cast.ama, order.id)
            assert labels(desk, order, FAYE) == ["Not mended yet"]
    with town.after(30) as desk:
        reopen(desk, town.faye, order.id)
        assert now(desk, order).state == "reopened" and asked_groups(desk) == [HANDY]
        heard = told(desk)
        assert sorted(chat for chat, _words in heard) == [AMA, BEN]  # she has said it herself
        assert "a neighbour says" in dict(heard)[AMA] and "could you look once more" in dict(heard)[BEN]
        with pytest.raises(Changed):
            reopen(desk, town.cast.ama, order.id)
    with town.after(40) as desk:
        claim(desk, town.cast.ben, order.id, HANDY)
        resolve(desk, town.cast.ben, order.id, AFTER)
        close(desk, town.cast.ama, order.id)
        assert balance_of(desk.conn, town.cast.ben.household_id or 0) == 5  # once for one lamp
        assert balance_of(desk.conn, town.cast.ama.household_id or 0) == 2
        assert audit(desk.conn) == []


def test_mended_at_last_by_somebody_else_both_have_earned_it(town: Reported) -> None:
    order = mended(town)
    with town.after(20) as desk:
        close(desk, town.cast.ama, order.id)
        reopen(desk, town.faye, order.id)
        claim(desk, town.cast.dina, order.id)
        home = add_household(desk, "Ankang 12")
        change_person(desk.conn, town.cast.dina.id, household_id=home)
        resolve(desk, get_person(desk.conn, town.cast.dina.id), order.id, AFTER)
        close(desk, town.cast.ama, order.id)
        assert balance_of(desk.conn, home) == 5 and audit(desk.conn) == []


def test_after_a_while_it_stays_mended(town: Reported) -> None:
    order = mended(town)
    with town.after(20) as desk:
        close(desk, town.cast.ama, order.id)
        late = desk.now + desk.file.orders.closes_by_itself + timedelta(minutes=1)
    with town.at_desk(late) as desk:
        assert labels(desk, order, FAYE) == [] and labels(desk, order, AMA) == []
        for person in (town.cast.ama, town.faye):
            with pytest.raises((Changed, NotFound)):
                reopen(desk, person, order.id)
        assert now(desk, order).state == "closed"


def test_whoever_has_not_seen_it_has_no_say(town: Reported) -> None:
    order = mended(town)
    with town.after(20) as desk:
        for deed in (close, reopen):
            with pytest.raises(NotFound):
                deed(desk, town.gus, order.id)
        assert paint_request(desk, order.id, 24) is None


def test_pictures_nobody_has_judged_are_shown_to_nobody_else(town: Reported) -> None:
    """One came after it was accepted; another report went to its team at once."""
    lamp = town.reported()
    with town.after(1) as desk:
        judging.accept(desk, town.cast.dina, lamp.id)
    with town.after(2) as desk:
        relay_words(desk, town.cast.ama, lamp.id, [{"kind": "photo", "file_id": "later"}])
        while picture := pictures.claim(desk):
            pictures.keep(desk, picture.id, sha256="0" * 64, bytes=9, width=3, height=3)
        show_pictures(desk, town.faye, lamp.id, plain("1."))
        assert len([said for said in desk.said if isinstance(said, Copy)]) == 1
    urgent = town.reported("exit", followed_by=town.faye)
    with town.after(10) as desk:
        claim(desk, town.cast.ben, urgent.id, HANDY)
        desk.said.clear()
        resolve(desk, town.cast.ben, urgent.id, AFTER)
        shown = [said.chat_id for said in desk.said if isinstance(said, Copy)]
        assert (shown.count(AMA), shown.count(FAYE)) == (2, 1), "before and after; after alone"
