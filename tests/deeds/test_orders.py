"""An order's life at the desk, on both databases: made once, taken by the first, given back, done, called off."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, update

from desk import closing, holding, mine
from desk.deadlines import NEVER_STARTED
from desk.front import Call, CardRefresh, Copy, Desk, Line
from desk.orders import (
    YoursAlready,
    assign,
    claim,
    close_by_itself,
    fall_back,
    get_order,
    make_order,
    offer_to,
    started,
)
from domain.desk_file import DeskFile
from domain.orders import (
    AlreadyClaimed,
    CannotBeReached,
    CannotTakeIt,
    Changed,
    EnoughInHand,
    NotInYourHands,
    NotOfThisTeam,
    Order,
    PictureNeeded,
    SameHousehold,
    YourOwn,
)
from domain.refusals import AlreadyDone, NotFound, Refusal
from storage.orders import find_rating, history_of, promised_at, run_of
from storage.tables import groups, outbox, teams
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP, STORY, Cast, add_account, ask, gather, give, set_inside


@contextmanager
def asked(at_desk: AtDesk, **more: object) -> Iterator[tuple[Desk, Cast, Order]]:
    """Ama has asked, and everything that was said about it has been heard."""
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, **more))  # type: ignore[arg-type]
        desk.said.clear()
        yield desk, cast, order


def cards(desk: Desk, subject: str) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == subject]


def told(desk: Desk, chat_id: int) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == chat_id]


# ── made ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_made_once_for_each_conversation(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        assert (order.state, order.team_id, order.unit) == ("offered", cast.team, "ankang")
        assert cards(desk, "order") == [GROUP] and cards(desk, "request") == [cast.ama.telegram_id]
        assert promised_at(desk.conn, order.id) == MORNING + timedelta(minutes=30)
        assert run_of(desk.conn, order.id) == "running"
        desk.said.clear()
        assert make_order(desk, ask(cast)) == order
        assert desk.said == [] and [what for what, _who, _note in history_of(desk.conn, order.id)] == ["made"]


def test_a_reference_that_is_taken_is_drawn_again(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        desk.chance = random.Random(1)
        first = make_order(desk, ask(cast, "talk-2")).reference
        desk.chance = random.Random(1)
        second = make_order(desk, ask(cast, "talk-3")).reference
        assert len({order.reference, first, second}) == 3


def test_without_a_group_that_can_be_asked_the_order_is_new(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        desk.conn.execute(update(groups).where(groups.c.chat_id == GROUP).values(standing="left"))
        order = make_order(desk, ask(cast))
        assert (order.state, order.team_id) == ("new", None) and cards(desk, "order") == []


def test_a_confidential_category_never_becomes_an_order(at_desk: AtDesk) -> None:
    with at_desk() as desk, pytest.raises(NotFound):
        make_order(desk, ask(gather(desk), category="not_safe"))


def test_whoever_needs_it_and_whoever_asked_both_get_the_card(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        make_order(desk, ask(cast, requester_id=cast.faye.id, place="Ankang 9"))
        assert sorted(cards(desk, "request")) == [cast.ama.telegram_id, cast.faye.telegram_id]


def test_past_five_open_cards_new_ones_come_silently(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(7):
            make_order(desk, ask(cast, f"talk-{number}"))
        new = [said.silent for said in desk.said if isinstance(said, CardRefresh) and said.subject == "order"]
        assert new == [False] * 5 + [True] * 2


# ── claimed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_has_it_and_the_second_is_told_who(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        assert cards(desk, "held") == [cast.ben.telegram_id]
        assert GROUP in cards(desk, "order") and cast.ama.telegram_id in cards(desk, "request")
        assert promised_at(desk.conn, order.id) is None and run_of(desk.conn, order.id) == "met"
        with pytest.raises(AlreadyClaimed) as refusal:
            claim(desk, cast.cleo, order.id, GROUP)
        assert refusal.value.said.blanks == {"name": "Ben"}
        with pytest.raises(YoursAlready):
            claim(desk, cast.ben, order.id, GROUP)
        assert STORY not in repr(desk.said) and order.place and order.place not in repr(desk.said)


def test_twenty_tap_at_once_and_one_has_it(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        volunteers = [add_account(desk, 100 + number, f"V{number}") for number in range(20)]
        for volunteer in volunteers:
            give(desk, volunteer, "volunteer", team_id=cast.team)
            set_inside(desk, volunteer, True)
        order_id = make_order(desk, ask(cast)).id
    together = Barrier(len(volunteers))

    def tap(number: int) -> str:
        own = open_writer(database_url)
        together.wait()
        try:
            with own.begin() as conn:
                desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(number))
                claim(desk, volunteers[number], order_id, GROUP)
                return f"V{number}"
        except AlreadyClaimed as refusal:
            return f"not: {refusal.said.blanks['name']}"
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(volunteers)) as threads:
        outcomes = list(threads.map(tap, range(len(volunteers))))
    winners = [each for each in outcomes if not each.startswith("not")]
    assert len(winners) == 1 and outcomes.count(f"not: {winners[0]}") == 19
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        assert [what for what, _who, _note in history_of(conn, order_id)] == ["made", "claim"]
        assert get_order(desk, order_id).version == 1
    engine.dispose()


def test_a_stranger_in_the_group_is_asked_whether_to_join(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        with pytest.raises(NotOfThisTeam):
            claim(desk, cast.faye, order.id, GROUP)
        with pytest.raises(NotFound):  # with a button of her own making
            claim(desk, cast.faye, order.id, cast.faye.telegram_id)
        with pytest.raises(NotFound):
            claim(desk, cast.faye, 999, GROUP)
        assert get_order(desk, order.id) == order and desk.said == []


def test_whoever_has_left_the_group_cannot_take_it(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        gone = add_account(desk, 50, "Gone")
        give(desk, gone, "volunteer", team_id=cast.team)
        set_inside(desk, gone, False)
        with pytest.raises(NotOfThisTeam):
            claim(desk, gone, order.id, GROUP)


def test_a_member_of_an_open_group_can_take_it(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        desk.conn.execute(update(teams).where(teams.c.id == cast.team).values(joining="group"))
        claim(desk, cast.faye, order.id, GROUP)
        assert get_order(desk, order.id).holder_id == cast.faye.id


def test_nobody_takes_what_their_own_household_asked_for(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        cousin = add_account(desk, 51, "Cousin", household_id=cast.ama.household_id)
        give(desk, cousin, "volunteer", team_id=cast.team)
        set_inside(desk, cousin, True)
        with pytest.raises(YourOwn):
            claim(desk, cousin, order.id, GROUP)


def test_whoever_lives_with_them_is_not_told_that_it_is_about_their_home(at_desk: AtDesk) -> None:
    with asked(at_desk, category="hardship") as (desk, cast, order):
        cousin = add_account(desk, 51, "Cousin", household_id=cast.ama.household_id)
        give(desk, cousin, "volunteer", team_id=cast.other_team)
        set_inside(desk, cousin, True, OTHER_GROUP)
        with pytest.raises(NotFound):
            claim(desk, cousin, order.id, OTHER_GROUP)


def test_a_supervisor_can_take_what_she_entered_for_somebody(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, asked_by=cast.dina.id, requester_id=None, for_name="Old Wang"))
        claim(desk, cast.dina, order.id)
        assert get_order(desk, order.id).holder_id == cast.dina.id


def test_nobody_has_more_in_hand_than_the_desk_allows(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        limit = desk.file.orders.open_per_volunteer
        for number in range(limit):
            claim(desk, cast.ben, make_order(desk, ask(cast, f"more-{number}")).id, GROUP)
        with pytest.raises(EnoughInHand):
            claim(desk, cast.ben, order.id, GROUP)
        assert get_order(desk, order.id).state == "offered"
        give(desk, cast.ben, "supervisor", unit="donggang")  # whoever answers for the place is the last resort
        claim(desk, cast.ben, order.id)


# ── a taker who never opened the chat ───────────────────────────────────────────────────────────────────────────────


def stranger(desk: Desk, cast: Cast) -> int:
    new = add_account(desk, 60, "Newcomer", reach="never_started")
    give(desk, new, "volunteer", team_id=cast.team)
    claimed = claim(desk, new, 1, GROUP)
    assert claimed.link == "https://t.me/linli_bot?start=c_1" and claimed.order.provisional
    return new.id


def test_a_taker_without_a_chat_has_it_for_some_minutes(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        stranger(desk, cast)
        assert cards(desk, "held") == [] and promised_at(desk.conn, order.id) is not None
        assert promised_at(desk.conn, order.id, "fall_back") == MORNING + timedelta(minutes=5)
        assert run_of(desk.conn, order.id) == "running"
        with pytest.raises(AlreadyClaimed):
            claim(desk, cast.ben, order.id, GROUP)


def test_opening_the_chat_completes_the_claim(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        newcomer = mine.reader_of(desk, stranger(desk, cast), 60)
        assert newcomer is not None
        _open_chat(desk, 60)
        newcomer = mine.reader_of(desk, newcomer.id, 60)
        assert newcomer is not None
        assert [each.id for each in started(desk, newcomer)] == [order.id]
        assert cards(desk, "held") == [60] and promised_at(desk.conn, order.id, "fall_back") is None
        assert run_of(desk.conn, order.id) == "met" and started(desk, newcomer) == []


def _open_chat(desk: Desk, telegram_id: int) -> None:
    from storage.tables import contacts

    desk.conn.execute(update(contacts).where(contacts.c.telegram_id == telegram_id).values(reach="open"))


def test_a_claim_that_was_never_completed_falls_back(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        stranger(desk, cast)
        assert fall_back(desk, order.id, NEVER_STARTED) and not fall_back(desk, order.id, NEVER_STARTED)
        now = get_order(desk, order.id)
        assert (now.state, now.holder_id, now.provisional) == ("offered", None, False)
        claim(desk, cast.ben, order.id, GROUP)


# ── in somebody's hands ─────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_holder_moves_it(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        for deed in (holding.on_way, holding.need_help, holding.release):
            with pytest.raises(NotInYourHands):
                deed(desk, cast.cleo, order.id)
        with pytest.raises(NotInYourHands):
            closing.resolve(desk, cast.cleo, order.id, [])
        holding.on_way(desk, cast.ben, order.id, timedelta(minutes=20))
        assert get_order(desk, order.id).expected_at == MORNING + timedelta(minutes=20)
        with pytest.raises(AlreadyDone):
            holding.on_way(desk, cast.ben, order.id)


def test_what_the_holder_saw_goes_away_when_it_is_given_back(at_desk: AtDesk) -> None:
    photo = {"kind": "photo", "file_id": "photo-1"}
    long = {"kind": "text", "words": "x" * 3000}
    with asked(at_desk, parts=[photo, long]) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        copies = [said for said in desk.said if isinstance(said, Copy)]
        assert [copy.method for copy in copies] == ["sendPhoto"] and len(cards(desk, "part")) == 1
        _sent(desk, order.id, 12, message_id=77)
        desk.said.clear()
        holding.release(desk, cast.ben, order.id, "no_time")
        assert [said.fields for said in desk.said if isinstance(said, Call)] == [{"message_id": 77}]
        assert cast.ben.telegram_id in cards(desk, "held")
        now = get_order(desk, order.id)
        assert (now.state, now.holder_id, now.version) == ("offered", None, 2)
        assert history_of(desk.conn, order.id)[-1] == ("release", cast.ben.id, "no_time")
        assert run_of(desk.conn, order.id) == "running"


def _sent(desk: Desk, order_id: int, chat_id: int, message_id: int) -> None:
    row = {"lane": 1, "kind": "copy", "rule": "receipt", "subject": "held", "state": "sent", "made_at": desk.now}
    desk.conn.execute(insert(outbox).values(chat_id=chat_id, subject_id=order_id, message_id=message_id, **row))


def test_help_is_asked_for_and_it_stays_with_the_holder(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        holding.need_help(desk, cast.ben, order.id)
        assert get_order(desk, order.id).holder_id == cast.ben.id
        assert set(cards(desk, "alert")) == {cast.dina.telegram_id}


def test_a_supervisor_gives_it_to_somebody(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        with pytest.raises(NotFound):
            assign(desk, cast.faye, order.id, cast.cleo.id)
        with pytest.raises(CannotTakeIt):
            assign(desk, cast.dina, order.id, cast.faye.id)
        cousin = add_account(desk, 69, "Cousin", household_id=cast.ama.household_id)
        give(desk, cousin, "volunteer", team_id=cast.team)
        with pytest.raises(SameHousehold):
            assign(desk, cast.dina, order.id, cousin.id)
        silent = add_account(desk, 70, "Silent", reach="blocked")
        give(desk, silent, "volunteer", team_id=cast.team)
        with pytest.raises(CannotBeReached):
            assign(desk, cast.dina, order.id, silent.id)
        desk.said.clear()
        assign(desk, cast.dina, order.id, cast.cleo.id, "She has the key")
        assert get_order(desk, order.id).holder_id == cast.cleo.id
        assert set(cards(desk, "held")) == {cast.ben.telegram_id, cast.cleo.telegram_id}
        assert len(told(desk, 12)) == 1
        with pytest.raises(AlreadyDone):
            assign(desk, cast.dina, order.id, cast.cleo.id)


def test_the_holder_hands_it_over(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        assign(desk, cast.ben, order.id, cast.cleo.id)
        assert get_order(desk, order.id).holder_id == cast.cleo.id


def test_another_team_is_asked(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        with pytest.raises(NotFound):
            offer_to(desk, cast.ben, order.id, cast.other_team)
        offer_to(desk, cast.dina, order.id, cast.other_team)
        assert set(cards(desk, "order")) == {GROUP, OTHER_GROUP}
        assert get_order(desk, order.id).team_id == cast.other_team
        with pytest.raises(NotFound):
            claim(desk, cast.ben, order.id, GROUP)


def test_a_ladder_takes_nothing_out_of_anybodys_hands(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        offer_to(desk, None, order.id, cast.other_team)
        assert get_order(desk, order.id).holder_id == cast.ben.id


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_done_confirmed_and_rated(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        with pytest.raises(Changed):
            closing.close(desk, cast.ama, order.id)
        closing.resolve(desk, cast.ben, order.id, [{"kind": "text", "words": "In her kitchen"}])
        assert promised_at(desk.conn, order.id, "closing") == MORNING + timedelta(days=3)
        with pytest.raises(NotFound):
            closing.close(desk, cast.ben, order.id)
        with pytest.raises(Changed):
            closing.rate(desk, cast.ama, order.id, "speed", 5)
        closing.close(desk, cast.ama, order.id)
        with pytest.raises(AlreadyDone):
            closing.close(desk, cast.ama, order.id)
        with pytest.raises(Changed):
            closing.reopen(desk, cast.ama, order.id)
        closing.rate(desk, cast.ama, order.id, "speed", 5)
        with pytest.raises(AlreadyDone):
            closing.rate(desk, cast.ama, order.id, "speed", 1)
        closing.rate(desk, cast.ama, order.id, "quality", 4)
        closing.rate(desk, cast.ama, order.id, "words", "Thank you")
        assert find_rating(desk.conn, order.id) == (5, 4, "Thank you")


@pytest.mark.parametrize(("what", "given"), [("speed", 6), ("speed", 0), ("order_id", 3), ("words", "  ")])
def test_marks_of_ones_own_making_are_refused(at_desk: AtDesk, what: str, given: int | str) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        closing.resolve(desk, cast.ben, order.id, [])
        closing.close(desk, cast.ama, order.id)
        with pytest.raises(NotFound):
            closing.rate(desk, cast.ama, order.id, what, given)


def test_a_picture_is_needed_where_the_category_says_so(at_desk: AtDesk) -> None:
    with asked(at_desk, category="repair") as (desk, cast, order):
        claim(desk, cast.dina, order.id)
        with pytest.raises(PictureNeeded):
            closing.resolve(desk, cast.dina, order.id, [{"kind": "text", "words": "done"}])
        closing.resolve(desk, cast.dina, order.id, [{"kind": "photo", "file_id": "p"}])
        assert get_order(desk, order.id).state == "resolved"


def test_not_yet_reaches_the_same_people_again(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        closing.resolve(desk, cast.ben, order.id, [])
        desk.said.clear()
        closing.reopen(desk, cast.ama, order.id)
        anew = [said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.anew]
        assert anew == [GROUP] and len(told(desk, 12)) == 1
        assert get_order(desk, order.id).state == "reopened" and run_of(desk.conn, order.id) == "running"
        assert not close_by_itself(desk, order.id)
        claim(desk, cast.ben, order.id, GROUP)


def test_it_closes_by_itself_once(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        assert not close_by_itself(desk, order.id)
        closing.resolve(desk, cast.ben, order.id, [])
        assert close_by_itself(desk, order.id) and not close_by_itself(desk, order.id)
        assert not close_by_itself(desk, 999)


@pytest.mark.parametrize("who", ["ama", "dina"])
def test_calling_it_off(at_desk: AtDesk, who: str) -> None:
    with asked(at_desk) as (desk, cast, order):
        claim(desk, cast.ben, order.id, GROUP)
        for other in (cast.ben, cast.faye):
            with pytest.raises(NotFound):
                closing.cancel(desk, other, order.id)
        desk.said.clear()
        closing.cancel(desk, getattr(cast, who), order.id, "helped")
        assert len(told(desk, 12)) == 1 and len(told(desk, 11)) == (who == "dina")
        assert history_of(desk.conn, order.id)[-1] == ("cancel", getattr(cast, who).id, "helped")
        with pytest.raises(AlreadyDone):
            closing.cancel(desk, cast.ama, order.id)
        with pytest.raises(NotInYourHands):
            closing.resolve(desk, cast.ben, order.id, [])


def test_a_refusal_leaves_nothing_behind(at_desk: AtDesk) -> None:
    with asked(at_desk) as (desk, cast, order):
        for deed in (closing.close, closing.reopen, closing.cancel):
            with pytest.raises(Refusal):
                deed(desk, cast.faye, order.id)
        assert get_order(desk, order.id) == order and desk.said == []
        assert len(history_of(desk.conn, order.id)) == 1
