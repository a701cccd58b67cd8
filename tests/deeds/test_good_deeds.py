"""Good deeds on both databases: told once, confirmed by one, paid once, never at home, shown with consent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from desk import good_deeds, pictures, praise
from desk.front import CardRefresh, Copy, Desk, Line
from desk.good_deed_doers import known_volunteers
from desk.good_deed_parts import PART
from desk.retention import sweep_old
from domain import good_deeds as rules
from domain.desk_file import Award, DeskFile
from domain.good_deeds import GoodDeed, NewDeed
from domain.households import Address
from domain.people import Person
from domain.refusals import NotFound, Refusal
from storage import points
from storage.good_deeds import find_by_once, find_deed, parts_of
from storage.households import join
from storage.people import get_person
from storage.tables import good_deed_history, transfers
from tests.conftest import MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import GROUP, OTHER_GROUP, Cast, add_account, add_household, gather, give

WORDS = "He carried my shopping upstairs"


@dataclass
class Town:
    cast: Cast
    gita: Person  # supervises the town above
    ivy: Person  # an officer
    child: Person  # of Ben's household


def settle(desk: Desk) -> Town:
    cast = gather(desk)
    gita, ivy = add_account(desk, 17, "Gita"), add_account(desk, 18, "Ivy")
    give(desk, gita, "supervisor", unit="donggang")
    give(desk, ivy, "officer")
    child = add_account(desk, 19, "Lin", household_id=cast.ben.household_id)
    return Town(cast, gita, ivy, child)


def told(desk: Desk, town: Town, once: str = "told", reporter: Person | None = None, **more: Any) -> GoodDeed:
    parts = [{"kind": "text", "words": WORDS}, {"kind": "photo", "file_id": "photo-1"}]
    good_deeds.tell(desk, reporter or town.cast.ama, NewDeed(once, "ankang", **{"parts": parts, **more}))
    deed = find_by_once(desk.conn, once)
    assert deed is not None
    return deed


def of_ben(desk: Desk, town: Town, once: str = "told", **more: Any) -> GoodDeed:
    return told(desk, town, once, **{"doer_id": town.cast.ben.id, **more})


def balance(desk: Desk, person: Person) -> int:
    home = get_person(desk.conn, person.id).household_id
    return points.balance_of(desk.conn, home) if home is not None else 0


def cards(desk: Desk, subject: str) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == subject]


def lines_to(desk: Desk, person: Person) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == person.telegram_id]


def refused(deed: Callable[[], Any]) -> type[Refusal]:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.type


def at_once(url: str, file: DeskFile, deeds: list[Callable[[Desk], Any]]) -> list[bool]:
    """In the same moment, each on a connection of its own: which of them happened; the others came too late."""
    ends = race(url, file, deeds)
    assert {each for each in ends if isinstance(each, type)} <= {rules.SeenAlready, rules.SomebodyElseNamed}
    return [not isinstance(each, type) for each in ends]


# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_told_once_and_whoever_is_in_charge_is_asked(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        assert of_ben(desk, town) == deed
        assert (deed.state, deed.doer_id, deed.doer_home) == ("reported", town.cast.ben.id, town.cast.ben.household_id)
        assert cards(desk, "good_deed") == [town.cast.dina.telegram_id]
        assert cards(desk, "praise") == cards(desk, "praised") == []
        assert lines_to(desk, town.cast.ben) == []
        assert balance(desk, town.cast.ben) == 0


def test_an_address_is_looked_up_and_nobody_is_told_whether_somebody_lives_there(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        before = len(desk.said)
        there = NewDeed("there", "ankang", at=Address("ankang", "3", "Ankang 7"), described="the young man")
        nowhere = replace(there, once="nowhere", at=Address("ankang", "99", "1"))
        said = [good_deeds.tell(desk, town.cast.ama, each) for each in (there, nowhere)]
        assert said[0] == said[1]
        found = [find_by_once(desk.conn, each) for each in ("there", "nowhere")]
        assert [deed.doer_home for deed in found if deed] == [town.cast.ben.household_id, None]
        assert [deed.described for deed in found if deed] == ["3 Ankang 7 · the young man", "99 1 · the young man"]
        assert not any(getattr(each, "chat_id", 0) == town.cast.ama.telegram_id for each in desk.said[before:])


def test_names_are_offered_to_neighbours_of_the_place_alone(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        assert [each.name for each in known_volunteers(desk, town.cast.ama)] == ["Ben", "Cleo"]
        assert [each.name for each in known_volunteers(desk, town.cast.ben)] == ["Cleo"]
        assert [each.name for each in known_volunteers(desk, town.child)] == ["Cleo"], "nobody of the own household"
        stranger = add_account(desk, 30, "Zoe")
        far = add_account(desk, 31, "Yan", household_id=add_household(desk, "Far", unit="putuo"))
        assert known_volunteers(desk, stranger) == known_volunteers(desk, far) == []
        assert refused(lambda: of_ben(desk, town, reporter=stranger)) is NotFound
        assert refused(lambda: told(desk, town, doer_id=town.cast.faye.id)) is NotFound, "no volunteer"
        assert find_by_once(desk.conn, "told") is None


def test_enough_is_enough_for_a_day(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        for number in range(rules.MOST_A_DAY):
            of_ben(desk, town, f"told {number}")
        assert refused(lambda: of_ben(desk, town, "one more")) is rules.EnoughToday
        of_ben(desk, town, "told 1")
    with at_desk(MORNING + timedelta(days=1)) as desk:
        of_ben(desk, town, "one more")


# ── confirmed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_confirmed_it_earns_for_both_households_and_whoever_did_it_is_asked(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        del desk.said[:]
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.ama)) == (10, 2)
        assert cards(desk, "praise") == [town.cast.ben.telegram_id]
        assert cards(desk, "praised") == []
        assert good_deeds.CONFIRMED.msgid in lines_to(desk, town.cast.ama)
        assert refused(lambda: good_deeds.confirm(desk, town.cast.dina, deed.id)) is rules.SeenAlready
        assert refused(lambda: good_deeds.decline(desk, town.ivy, deed.id)) is rules.SeenAlready
        rows = desk.conn.execute(select(transfers.c.once, transfers.c.deed, transfers.c.decided_by)).all()
        key = f"award:good_deed:{deed.id}"
        assert sorted(rows) == [(key, "good_deed", town.cast.dina.id), (f"{key}:told", "good_deed", town.cast.dina.id)]
        assert points.audit(desk.conn) == []
        what = desk.conn.scalars(select(good_deed_history.c.what).where(good_deed_history.c.deed_id == deed.id))
        assert list(what) == ["told", "confirm"]


def test_declined_nothing_is_posted_or_shown_and_whoever_told_it_is_thanked(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        del desk.said[:]
        good_deeds.decline(desk, town.cast.dina, deed.id)
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.ama)) == (0, 0)
        assert lines_to(desk, town.cast.ben) == [] and cards(desk, "praise") == []
        assert len(lines_to(desk, town.cast.ama)) == 1
        assert refused(lambda: praise.answer(desk, town.cast.ben, deed.id, "named")) is NotFound


def test_nobody_confirms_what_is_about_them_or_their_household(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        for once, reporter, doer in (("his", town.cast.ama, town.cast.ben), ("hers", town.cast.faye, town.cast.cleo)):
            deed = told(desk, town, once, reporter, doer_id=doer.id)
            for nobody in (reporter, doer, town.child, town.cast.faye):
                assert refused(lambda who=nobody, deed=deed: good_deeds.confirm(desk, who, deed.id)) is NotFound
        give(desk, town.cast.ben, "supervisor", unit="ankang")
        give(desk, town.child, "supervisor", unit="ankang")
        give(desk, town.cast.ama, "officer")
        own = find_by_once(desk.conn, "his")
        assert own is not None
        for one_of_them in (town.cast.ben, town.child, town.cast.ama):
            assert refused(lambda who=one_of_them: good_deeds.confirm(desk, who, own.id)) is NotFound
        del desk.said[:]
        asked = told(desk, town, "again", doer_id=town.cast.ben.id)
        assert set(cards(desk, "good_deed")) == {town.cast.dina.telegram_id}
        good_deeds.confirm(desk, town.cast.dina, asked.id)


def test_within_one_household_it_is_nice_to_hear_and_earns_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        family = told(desk, town, "family", town.child, at=Address("ankang", "3", "Ankang 7"))
        assert family.reporter_home == family.doer_home
        good_deeds.confirm(desk, town.cast.dina, family.id)
        moved_in = add_account(desk, 20, "Pim")
        deed = of_ben(desk, town, "before moving in", reporter=town.cast.ama)
        join(desk.conn, moved_in.id, town.cast.ben.household_id or 0)
        told_by_him = told(desk, town, "by a lodger", moved_in, described="Ben")
        good_deeds.match(desk, town.cast.dina, told_by_him.id, doer_id=town.cast.ben.id)
        good_deeds.confirm(desk, town.cast.dina, told_by_him.id)
        assert (balance(desk, town.cast.ben), balance(desk, town.child)) == (0, 0)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert balance(desk, town.cast.ben) == 10


def test_the_month_of_two_households_is_capped(at_desk: AtDesk) -> None:
    """The desk file gives sixty a month between two households, whoever of them tells and whoever does."""
    with at_desk() as desk:
        town = settle(desk)
    for day in range(3):
        with at_desk(MORNING + timedelta(days=day)) as desk:
            for number in range(3):
                deed = of_ben(desk, town, f"{day} {number}")
                good_deeds.confirm(desk, town.cast.dina, deed.id)
    with at_desk() as desk:
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.ama)) == (50, 10), "sixty between these two"
        assert points.audit(desk.conn) == []


def test_somebody_described_is_found_by_whoever_is_in_charge(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = told(desk, town, described="the boy with the red bicycle", child=True)
        home = good_deeds.household_there(desk, town.cast.dina, deed.id, "3", "Ankang 7")
        assert home is not None and home.id == town.cast.ben.household_id
        assert refused(lambda: good_deeds.household_there(desk, town.cast.faye, deed.id, "3", "Ankang 7")) is NotFound
        del desk.said[:]
        good_deeds.match(desk, town.cast.dina, deed.id, home=home, child=True)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert balance(desk, town.cast.ben) == 10
        assert set(cards(desk, "praise")) == {town.cast.ben.telegram_id, town.child.telegram_id}
        assert refused(lambda: praise.answer(desk, town.cast.ben, deed.id, "named")) is NotFound, "a child is not named"
        praise.answer(desk, town.cast.ben, deed.id, "nameless")
        assert refused(lambda: praise.answer(desk, town.child, deed.id, "no")) is rules.SeenAlready


def test_a_child_who_has_the_desk_on_a_phone_does_not_answer_for_itself(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = told(desk, town, described="Lin")
        good_deeds.match(desk, town.cast.dina, deed.id, doer_id=town.child.id, child=True)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert cards(desk, "praise") == [town.cast.ben.telegram_id]
        assert refused(lambda: praise.answer(desk, town.child, deed.id, "nameless")) is NotFound


def test_unknown_to_everybody_it_is_thanked_for_and_earns_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = told(desk, town, described="a man in a hat")
        del desk.said[:]
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert balance(desk, town.cast.ama) == 0
        assert cards(desk, "praise") == cards(desk, "praised") == []
        assert lines_to(desk, town.cast.ama) == [good_deeds.CONFIRMED.msgid]


def test_matching_it_to_oneself_is_refused_and_so_is_anybody_from_elsewhere(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = told(desk, town, described="somebody")
        join(desk.conn, town.cast.dina.id, town.cast.faye.household_id or 0)
        dina = get_person(desk.conn, town.cast.dina.id)
        assert refused(lambda: good_deeds.match(desk, dina, deed.id, doer_id=town.cast.faye.id)) is rules.TheirOwn
        far = add_account(desk, 31, "Yan", household_id=add_household(desk, "Far", unit="putuo"))
        assert refused(lambda: good_deeds.match(desk, dina, deed.id, doer_id=far.id)) is NotFound
        assert find_deed(desk.conn, deed.id) == deed


def test_a_kind_of_good_deed_has_a_standard_of_its_own(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        heading = desk.file.reports["good_deed"]
        kind = replace(heading, key="rescue", under="good_deed", award=Award(30, 4))
        desk.file = replace(desk.file, reports={**desk.file.reports, "rescue": kind})
        town = settle(desk)
        deed = of_ben(desk, town, about="rescue")
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.ama)) == (30, 4)


# ── asked, and shown ────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_after_a_yes_the_groups_of_the_place_see_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert praise.view_in_group(desk, deed.id, GROUP) is None
        for somebody_else in (town.cast.ama, town.cast.cleo, town.cast.dina, town.child):
            assert refused(lambda who=somebody_else: praise.answer(desk, who, deed.id, "named")) is NotFound
        praise.answer(desk, town.cast.ben, deed.id, "named")
        assert set(cards(desk, "praised")) == {GROUP, OTHER_GROUP}
        seen = praise.view_in_group(desk, deed.id, GROUP)
        assert seen is not None and (seen.name, seen.words) == ("Ben", WORDS)
        assert praise.view_in_group(desk, deed.id, -999) is None, "not in a group the desk does not know"
        praise.take_down(desk, town.cast.ben, deed.id)
        assert praise.view_in_group(desk, deed.id, GROUP) is None
        assert refused(lambda: praise.answer(desk, town.cast.ben, deed.id, "named")) is rules.SeenAlready
        assert balance(desk, town.cast.ben) == 10, "the points stay"


@pytest.mark.parametrize("consent", ["nameless", "no"])
def test_without_a_name_or_not_at_all(at_desk: AtDesk, consent: str) -> None:
    with at_desk() as desk:
        town = settle(desk)
        words = f"Ben (Ankang 7, 0580555) told me: Ama lives at {town.cast.ama.address}"
        deed = of_ben(desk, town, parts=[{"kind": "text", "words": words}])
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        praise.answer(desk, town.cast.ben, deed.id, consent)
        seen = praise.view_in_group(desk, deed.id, GROUP)
        if consent == "no":
            assert seen is None and cards(desk, "praised") == []
        else:
            assert seen is not None and seen.name is None
            assert not any(secret in seen.words for secret in ("Ben", "Ama", "7", "3", "201", "0580555"))


def test_without_words_only_the_thanks_are_shown(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        good_deeds.confirm(desk, town.cast.dina, deed.id, wordless=True)
        praise.answer(desk, town.cast.ben, deed.id, "named")
        seen = praise.view_in_group(desk, deed.id, GROUP)
        assert seen is not None and (seen.name, seen.words) == ("Ben", "")


def test_pictures_go_to_whoever_confirms_it_and_to_no_group(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        assert refused(lambda: good_deeds.hand_pictures(desk, town.cast.ben, deed.id)) is NotFound
        good_deeds.hand_pictures(desk, town.cast.dina, deed.id)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        praise.answer(desk, town.cast.ben, deed.id, "named")
        assert [said.chat_id for said in desk.said if isinstance(said, Copy)] == [town.cast.dina.telegram_id]


# ── nobody answers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_answers_and_it_is_asked_further_up_once_a_day_by_day(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
    asked: list[list[int]] = []
    for hours in (23, 25, 37, 49, 73, 97, 300):
        with at_desk(MORNING + timedelta(hours=hours)) as desk:
            while good_deeds.sweep_unanswered(desk):
                pass
            asked.append(cards(desk, "good_deed"))
    gita, ivy = town.gita.telegram_id, town.ivy.telegram_id
    assert asked == [[], [gita], [], [ivy], [ivy], [], []]
    with at_desk(MORNING + timedelta(hours=301)) as desk:
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        assert not good_deeds.sweep_unanswered(desk)


def test_a_yes_is_to_whoever_stood_on_the_card(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        good_deeds.match(desk, town.gita, deed.id, doer_id=town.cast.cleo.id)
        stale = refused(lambda: good_deeds.confirm(desk, town.cast.dina, deed.id, matched=deed.matched))
        assert stale is rules.SomebodyElseNamed
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.cleo)) == (0, 0)
        good_deeds.confirm(desk, town.cast.dina, deed.id, matched=deed.matched + 1)
        assert balance(desk, town.cast.ben) == 0 < balance(desk, town.cast.cleo)


# ── at the same moment ──────────────────────────────────────────────────────────────────────────────────────────────


def test_confirmed_by_three_at_once_it_is_paid_once(at_desk: AtDesk, database_url: str, desk_file: DeskFile) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)

    judges = [town.cast.dina, town.gita, town.ivy]
    came = at_once(
        database_url, desk_file, [lambda desk, who=who: good_deeds.confirm(desk, who, deed.id) for who in judges]
    )
    assert sorted(came) == [False, False, True]
    with at_desk() as desk:
        assert (balance(desk, town.cast.ben), balance(desk, town.cast.ama)) == (10, 2)
        assert points.audit(desk.conn) == []


def test_naming_somebody_and_confirming_at_once_pays_nobody_unread(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deeds = [of_ben(desk, town, once=f"told {number}") for number in range(rules.MOST_A_DAY)]
    for deed in deeds:
        named, confirmed = at_once(
            database_url,
            desk_file,
            [
                lambda desk, deed=deed: good_deeds.match(desk, town.gita, deed.id, doer_id=town.cast.cleo.id),
                lambda desk, deed=deed: good_deeds.confirm(desk, town.cast.dina, deed.id, matched=deed.matched),
            ],
        )
        assert named != confirmed
        with at_desk() as desk:
            now = find_deed(desk.conn, deed.id)
            assert now is not None and (now.doer_id, now.state) == (
                (town.cast.cleo.id, "reported") if named else (town.cast.ben.id, "confirmed")
            )
            assert balance(desk, town.cast.cleo) == 0


def test_yes_and_no_of_a_household_at_once_are_one_answer(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = told(desk, town, at=Address("ankang", "3", "Ankang 7"), described="somebody")
        good_deeds.confirm(desk, town.cast.dina, deed.id)

    answers = [(town.cast.ben, "nameless"), (town.child, "no")]
    came = at_once(
        database_url,
        desk_file,
        [lambda desk, each=each: praise.answer(desk, each[0], deed.id, each[1]) for each in answers],
    )
    assert sorted(came) == [False, True]
    with at_desk() as desk:
        now = find_deed(desk.conn, deed.id)
        assert now is not None and (now.state, now.consent) == (("shown", "nameless") if came[0] else ("kept", "no"))


# ── what was told goes in time ──────────────────────────────────────────────────────────────────────────────────────


def test_words_and_pictures_are_kept_a_year_and_a_month_where_nobody_confirmed_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town = settle(desk)
        kept, declined = of_ben(desk, town, "kept"), of_ben(desk, town, "declined")
        good_deeds.confirm(desk, town.cast.dina, kept.id)
        praise.answer(desk, town.cast.ben, kept.id, "named")
        good_deeds.decline(desk, town.cast.dina, declined.id)
        both = [part.id for deed in (kept, declined) for part in parts_of(desk.conn, deed.id)]
        assert len(pictures.pictures_of(desk, PART, *both)) == 2

    def left(days: int) -> tuple[int, int, int]:
        with at_desk(MORNING + timedelta(days=days)) as desk:
            while sweep_old(desk):
                pass
            told = [len(parts_of(desk.conn, deed.id)) for deed in (kept, declined)]
            return told[0], told[1], len(pictures.pictures_of(desk, PART, *both))

    assert [left(days) for days in (29, 31, 364, 366)] == [(2, 2, 2), (2, 0, 1), (2, 0, 1), (0, 0, 0)]
    with at_desk(MORNING + timedelta(days=366)) as desk:
        seen = praise.view_in_group(desk, kept.id, GROUP)
        assert seen is not None and seen.words == "", "a card that is painted anew then has the thanks alone"
        assert desk.conn.execute(select(good_deed_history)).all(), "that it happened stays countable"


@pytest.mark.parametrize("who", ["ama", "ben"])
def test_forgotten_by_whoever_told_it_or_by_whoever_did_it(at_desk: AtDesk, who: str) -> None:
    with at_desk() as desk:
        town = settle(desk)
        deed = of_ben(desk, town)
        good_deeds.confirm(desk, town.cast.dina, deed.id)
        praise.answer(desk, town.cast.ben, deed.id, "named")
        ids = [part.id for part in parts_of(desk.conn, deed.id)]
        good_deeds.forget(desk, town.cast.ama if who == "ama" else town.cast.ben)
        now = find_deed(desk.conn, deed.id)
        assert now is not None and now.state == "kept"
        assert parts_of(desk.conn, deed.id) == [] and pictures.pictures_of(desk, PART, *ids) == []
        assert praise.view_in_group(desk, deed.id, GROUP) is None
