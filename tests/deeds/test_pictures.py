"""A copy of what people send as evidence: wanted with the deed, claimed by one, kept once, gone with what it was of."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from desk import closing, forgetting, items, orders, pictures
from desk.front import Copy, Desk, Line
from desk.pictures import PART
from domain.desk_file import DeskFile
from domain.orders import Order
from domain.people import Person
from domain.pictures import DELAYS, KEPT_FOR, MOST_A_DAY, MOST_AT_ONCE, Picture
from storage.orders import parts_of
from storage.pictures import ITEM
from storage.tables import pictures as table
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import GROUP, Cast, ask, gather, give, set_inside
from tests.deeds.shop import open_shop

PHOTO = {"kind": "photo", "file_id": "her kitchen", "words": "It drips"}
FILE = {"kind": "document", "file_id": "a file"}
WORDS = {"kind": "text", "words": "Third floor"}
FACTS = {"sha256": "0" * 64, "bytes": 1000, "width": 640, "height": 480}


def repair(desk: Desk, cast: Cast, parts: list[dict[str, str]], **more: object) -> Order:
    given = {"category": "repair", "parts": parts, **more}
    return orders.make_order(desk, ask(cast, "repair", **given))


def of(desk: Desk, order: Order, stage: str = "story") -> list[Picture]:
    return pictures.pictures_of(desk, PART, *(part.id for part in parts_of(desk.conn, order.id, stage)))


def fetched(desk: Desk) -> Picture:
    picture = pictures.claim(desk)
    assert picture is not None
    return picture


def kept(desk: Desk) -> Picture:
    picture = fetched(desk)
    assert pictures.keep(desk, picture.id, **FACTS)
    found = pictures.find_picture(desk, picture.id)
    assert found is not None
    return found


def lines_to(desk: Desk, person: Person) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == person.telegram_id]


def test_every_picture_of_a_story_is_wanted_and_words_are_not(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [PHOTO, WORDS, FILE])
        first, second = of(desk, order)
        assert [(each.kind, each.state, each.person_id) for each in (first, second)] == [
            ("photo", "wanted", cast.ama.id),
            ("document", "wanted", cast.ama.id),
        ]
        assert first.name != second.name and len(first.name) == 32
        pictures.want_evidence(desk, order, cast.ama, "story")
        assert len(of(desk, order)) == 2, "twice is once"


def test_what_shows_that_it_is_done_is_wanted_too(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [WORDS])
        orders.assign(desk, cast.dina, order.id, cast.ben.id)
        closing.resolve(desk, cast.ben, order.id, [{"kind": "photo", "file_id": "it is mended"}])
        [done] = of(desk, order, "done")
        assert (done.person_id, done.state) == (cast.ben.id, "wanted")


@pytest.mark.parametrize("category", ["errand", "hardship", "mediation"])
def test_of_what_needs_no_proof_or_is_discreet_nothing_is_kept(at_desk: AtDesk, category: str) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        repair(desk, cast, [PHOTO, FILE], category=category)
        assert desk.conn.scalar(select(func.count()).select_from(table)) == 0


def test_one_claims_it_and_nobody_else_for_a_while(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        order = repair(desk, gather(desk), [PHOTO])
    with at_desk() as desk:
        read = pictures.claim(desk)
        assert read is not None
        assert pictures.claim(desk) is None
        assert not pictures.rows.claim(desk.conn, read, desk.now), "whoever read it before that is too late"
    with at_desk(MORNING + DELAYS[0]) as desk:
        again = pictures.claim(desk)
        assert again is not None and again.name == read.name, "after a crash it is fetched into the same file"
        assert pictures.keep(desk, again.id, **FACTS)
        assert not pictures.keep(desk, again.id, **FACTS), "it is kept once"
        assert of(desk, order)[0].is_kept
        assert pictures.claim(desk) is None


def test_when_telegram_never_gives_it_out_whoever_sent_it_hears_so(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        repair(desk, cast, [PHOTO])
    at = MORNING
    for delay in DELAYS:
        with at_desk(at) as desk:
            fetched(desk)
            assert not desk.said
        at += delay
    with at_desk(at) as desk:
        assert pictures.claim(desk) is None
        assert any("could not be fetched" in said for said in lines_to(desk, cast.ama))
        assert pictures.claim(desk) is None and desk.conn.scalar(select(table.c.state)) == "refused"


def test_several_refused_for_the_same_reason_are_one_sentence(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        repair(desk, cast, [FILE | {"file_id": f"file {n}"} for n in range(5)])
        del desk.said[:]
        for _each in range(5):
            pictures.refuse(desk, fetched(desk).id, "no_picture")
        assert len(lines_to(desk, cast.ama)) == 1


def test_more_than_can_be_kept_is_said_and_the_first_are_kept(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [PHOTO | {"file_id": f"photo {n}"} for n in range(30)])
        states = [each.state for each in of(desk, order)]
        assert states == ["wanted"] * MOST_AT_ONCE + ["refused"] * (30 - MOST_AT_ONCE)
        assert sum("more than I can keep" in said for said in lines_to(desk, cast.ama)) == 1


def test_a_thousand_in_a_day_are_bounded_and_tomorrow_there_is_room_again(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(1000):
            pictures.want(desk, cast.ama, "photo", f"photo {number}", "item", number)
        wanted = select(func.count()).where(table.c.state == "wanted")
        assert desk.conn.scalar(wanted) == MOST_A_DAY
        assert len(lines_to(desk, cast.ama)) == 1
        assert pictures.want(desk, cast.faye, "photo", "hers", "item", 1) and desk.conn.scalar(wanted) == MOST_A_DAY + 1
    with at_desk(MORNING + timedelta(days=1)) as desk:
        pictures.want(desk, cast.ama, "photo", "the day after", "item", 1)
        assert desk.conn.scalar(wanted) == MOST_A_DAY + 2


def test_bytes_are_counted_as_well(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(11):
            pictures.want(desk, cast.ama, "video", f"film {number}", "item", number)
            if number < 10:
                pictures.keep(desk, fetched(desk).id, **FACTS | {"bytes": 20 << 20, "width": None, "height": None})
        assert [each.state for n in (9, 10) for each in pictures.pictures_of(desk, "item", n)] == ["kept", "refused"]


def test_what_came_as_a_file_is_shown_from_our_copy_and_what_was_refused_to_nobody(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [PHOTO, FILE, FILE | {"file_id": "a program"}])
        photo = kept(desk)
        file = kept(desk)
        pictures.refuse(desk, fetched(desk).id, "no_picture")
        del desk.said[:]
        orders.assign(desk, cast.dina, order.id, cast.ben.id)
        handed = [said for said in desk.said if isinstance(said, Copy)]
        assert [(each.method, each.upload) for each in handed] == [
            ("sendPhoto", ("picture", photo.id)),
            ("sendPhoto", ("picture", file.id)),
        ]
        assert all("a file" not in str(each) and "a program" not in str(each) for each in handed)
        assert (photo.known_as, file.known_as) == ("her kitchen", None)


def gone(desk: Desk) -> list[Picture]:
    """Those whose files are to go, as whoever sees to it comes upon them."""
    found = []
    while picture := pictures.claim(desk):
        assert (picture.state, picture.person_id, picture.file_id, picture.sha256) == ("gone", None, None, None)
        pictures.file_gone(desk, picture.id)
        found.append(picture)
    return found


def test_whoever_is_forgotten_leaves_no_picture_and_neither_do_others_of_their_home(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        pictures.want(desk, cast.faye, "photo", "hers", "item", 1)
        hers = kept(desk)
        order = repair(desk, cast, [PHOTO, FILE])
        orders.assign(desk, cast.dina, order.id, cast.ben.id)
        closing.resolve(desk, cast.ben, order.id, [{"kind": "photo", "file_id": "her kitchen again"}])
        going_on = fetched(desk)  # and perhaps about to be written
    with at_desk() as desk:
        forgetting.forget(desk, cast.ama)
        assert len(gone(desk)) == 2, "the one that is being fetched goes when that has surely ended"
        assert not pictures.keep(desk, going_on.id, **FACTS)
        assert pictures.pictures_of(desk, "item", 1) == [hers]
    with at_desk(MORNING + timedelta(minutes=5)) as desk:
        assert [each.name for each in gone(desk)] == [going_on.name]
        assert desk.conn.scalar(select(func.count()).select_from(table)) == 1


def test_a_story_told_for_somebody_else_keeps_its_picture_and_not_who_sent_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [PHOTO], asked_by=cast.dina.id, requester_id=cast.faye.id)
        forgetting.forget(desk, cast.dina)
        [picture] = of(desk, order)
        assert (picture.state, picture.person_id) == ("wanted", None)


def test_after_a_year_it_goes_and_what_belongs_to_something_else_goes_with_that(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = repair(desk, cast, [PHOTO])
        pictures.want(desk, cast.ama, "photo", "a bag of rice", "item", 7)
        kept(desk), kept(desk)
    with at_desk(MORNING + KEPT_FOR) as desk:
        assert pictures.let_go(desk) == 0
    with at_desk(MORNING + KEPT_FOR + timedelta(minutes=1)) as desk:
        assert pictures.let_go(desk) == 1
        assert of(desk, order) == []
        assert len(gone(desk)) == 1
        pictures.drop(desk, "item", 7)
        assert pictures.pictures_of(desk, "item", 7) == [] and len(gone(desk)) == 1


def test_who_is_who_on_the_way(at_desk: AtDesk) -> None:
    """Nobody outside of the order is handed anything."""
    with at_desk() as desk:
        cast = gather(desk)
        give(desk, cast.faye, "volunteer", team_id=cast.other_team)
        set_inside(desk, cast.faye, True, GROUP)
        order = repair(desk, cast, [PHOTO])
        kept(desk)
        del desk.said[:]
        orders.assign(desk, cast.dina, order.id, cast.ben.id)
        assert {said.chat_id for said in desk.said if isinstance(said, Copy)} == {cast.ben.telegram_id}


def test_the_picture_of_an_item_stays_with_it_whoever_has_sent_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        items.change(desk, shop.ivy, shop.rice, picture="a bag of rice")
        first = kept(desk)
        items.change(desk, shop.ivy, shop.rice, price=25)
        assert pictures.pictures_of(desk, ITEM, shop.rice) == [first]
        items.change(desk, shop.ivy, shop.rice, picture="a larger bag")
        [second] = pictures.pictures_of(desk, ITEM, shop.rice)
        assert (second.file_id, second.state) == ("a larger bag", "wanted")
        forgetting.forget(desk, shop.ivy)
        [second] = pictures.pictures_of(desk, ITEM, shop.rice)
        assert (second.state, second.person_id) == ("wanted", None)
        assert fetched(desk).id in (first.id, second.id)


def test_many_reach_for_them_at_once_and_each_is_fetched_by_one(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(12):
            pictures.want(desk, cast.ama, "photo", f"photo {number}", "item", number)
    start, had = threading.Barrier(4), list[int]()

    def fetches() -> None:
        engine, idle = open_writer(database_url), 0
        start.wait()
        while idle < 3:
            with engine.begin() as conn:
                picture = pictures.claim(Desk(conn, desk_file, MORNING, KEYS, random.Random(0)))
            idle = 0 if picture is not None else idle + 1
            had.extend([picture.id] if picture is not None else [])
        engine.dispose()

    together = [threading.Thread(target=fetches) for _each in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert sorted(had) == sorted(set(had)), "nobody fetched what somebody else was fetching"
    with at_desk() as desk:
        while picture := pictures.claim(desk):
            had.append(picture.id)
    assert sorted(had) == list(range(1, 13))
