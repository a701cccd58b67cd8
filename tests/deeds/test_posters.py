"""Posters on doors: one a building, found by its link alone, and leading nowhere once that was made anew or revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.handlers.posters import paint_list
from desk import posters
from desk.front import CardRefresh, Desk
from desk.posters import CARD, PosterView
from domain.posters import NoSuchBuilding, OldPoster
from domain.refusals import AlreadyDone, NotFound
from storage.tables import audit_log
from storage.tables import posters as table
from tests.conftest import KEYS, AtDesk
from tests.deeds.cast import Cast, add_household, gather, give


def town(desk: Desk) -> Cast:
    cast = gather(desk)
    for building in ("10", "2"):
        for room in ("101", "102"):
            add_household(desk, f"haitang {building} {room}", "haitang", building)
    return cast


def token(view: PosterView) -> str:
    return view.link.partition("b_")[2]


def test_a_building_has_one_and_its_link_finds_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town(desk)
        views = posters.to_be_printed(desk)
        assert [(each.poster.unit, each.poster.building) for each in views] == [
            ("ankang", "3"),
            ("haitang", "2"),
            ("haitang", "10"),
        ]
        assert [view.link for view in posters.to_be_printed(desk)] == [view.link for view in views], "again is the same"
        assert views[0].link.startswith("https://t.me/linli_bot?start=b_") and len(token(views[0])) == 16
        for view in views:
            assert posters.open_poster(desk, token(view)) == view.poster
            assert posters.open_poster(desk, token(view).lower()) == view.poster
        assert not {token(view) for view in views} & set(desk.conn.scalars(select(table.c.token_hash)))
        assert [each.poster.building for each in posters.to_be_printed(desk, "haitang", "10")] == ["10"]
        assert len(posters.to_be_printed(desk, "donggang")) == 3


def test_what_is_not_ours_opens_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town(desk)
        [view, *_others] = posters.to_be_printed(desk)
        for wrong in ("", "0" * 16, token(view)[:-1], token(view) + "0", "b_" + token(view), "../../x", "x" * 5000):
            with pytest.raises(OldPoster):
                posters.open_poster(desk, wrong)
        other = type(KEYS).made_from("another desk's key")
        elsewhere = Desk(desk.conn, desk.file, desk.now, other, desk.chance, "linli_bot")
        with pytest.raises(OldPoster):
            posters.open_poster(elsewhere, token(view))
        with pytest.raises(NoSuchBuilding):
            posters.to_be_printed(desk, "ankang", "99")
        with pytest.raises(NotFound):
            posters.to_be_printed(desk, "nowhere")


def test_made_anew_the_old_one_leads_nowhere(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = town(desk)
        [view] = posters.to_be_printed(desk, "ankang")
        posters.renew(desk, cast.dina, view.poster.id)
        [new] = posters.to_be_printed(desk, "ankang")
        assert new.link != view.link
        with pytest.raises(OldPoster):
            posters.open_poster(desk, token(view))
        assert posters.open_poster(desk, token(new)).building == "3"
        assert CardRefresh(cast.dina.telegram_id or 0, CARD, view.poster.id, anew=True) in desk.said
        assert not posters.rows.renew(desk.conn, view.poster, desk.now, 7, "x"), "whoever read it before is too late"


def test_revoked_it_is_not_printed_until_it_is_made_anew(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = town(desk)
        [view] = posters.to_be_printed(desk, "ankang")
        posters.revoke(desk, cast.dina, view.poster.id)
        with pytest.raises(AlreadyDone):
            posters.revoke(desk, cast.dina, view.poster.id)
        with pytest.raises(OldPoster):
            posters.open_poster(desk, token(view))
        assert posters.to_be_printed(desk, "ankang") == []
        posters.renew(desk, cast.dina, view.poster.id)
        assert len(posters.to_be_printed(desk, "ankang")) == 1
        done = desk.conn.execute(select(audit_log.c.what, audit_log.c.person_id)).all()
        assert [tuple(row) for row in done] == [("poster_revoke", cast.dina.id), ("poster_renew", cast.dina.id)]


def test_only_whoever_looks_after_the_place_may(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = town(desk)
        give(desk, cast.faye, "supervisor", unit="haitang")
        give(desk, cast.cleo, "officer")
        [view] = posters.to_be_printed(desk, "ankang")
        for somebody in (cast.ama, cast.ben, cast.faye):
            for deed in (posters.revoke, posters.renew, posters.show_poster):
                with pytest.raises(NotFound):
                    deed(desk, somebody, view.poster.id)
            assert posters.find_for(desk, somebody, view.poster.id) is None
        with pytest.raises(NotFound):
            posters.show_list(desk, cast.ama)
        posters.show_list(desk, cast.faye)
        assert [each.poster.unit for each in posters.those_of(desk, cast.faye)] == ["haitang", "haitang"]
        assert len(posters.those_of(desk, cast.cleo)) == 3
        posters.renew(desk, cast.cleo, view.poster.id)
        for missing in (0, 999):
            with pytest.raises(NotFound):
                posters.revoke(desk, cast.cleo, missing)


def test_many_buildings_are_shown_page_by_page(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(1, 46):
            add_household(desk, f"room of {number}", "ankang", str(number))
        posters.show_list(desk, cast.dina)
        shown: list[str] = []
        for page in range(3):
            face = paint_list(desk, page, cast.dina.telegram_id or 0)
            assert face is not None
            shown += [button.data for button in face.buttons]
        assert [data for data in shown if data.startswith("po:page")] == ["po:page:1", "po:page:2"]
        opened = [data for data in shown if data.startswith("po:open")]
        assert len(opened) == len(set(opened)) == 45 and max(map(len, shown)) <= 64
