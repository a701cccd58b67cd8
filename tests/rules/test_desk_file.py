"""The desk file as officers write it, and what the desk makes of it."""

import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from domain.desk_file import Award, Caps, OrderRules, Promise, read_desk_file
from domain.escalation import EscalationStep
from domain.places import communities, path_up
from domain.second_channel import Mail, SecondChannel
from domain.shipped import shipped_desk_file

SMALL = Path(__file__).with_name("small_desk.toml").read_text(encoding="utf-8")
SHIPPED = ("demo", "desk.zh_Hans", "desk.en")


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the example"
    return SMALL.replace(old, new)


def test_a_small_desk() -> None:
    desk = read_desk_file(SMALL)
    assert desk.name == {"zh_Hans": "东港邻里", "en": "Donggang Neighbours"}
    assert (desk.zone.key, desk.languages, desk.default_language) == ("Asia/Shanghai", ("zh_Hans", "en"), "zh_Hans")
    assert desk.emergency[0].number == "110"
    assert desk.quiet is not None and (desk.quiet.start, desk.quiet.end) == (time(21, 30), time(7))
    assert [unit.key for unit in path_up(desk.units, "ankang")] == ["ankang", "donggang"]
    assert list(desk.teams) == ["neighbours", "mediators"]
    errand = desk.categories["errand"]
    assert errand.promise == Promise(timedelta(minutes=30), timedelta(days=1), "office_hours")
    assert (errand.award, errand.dimension, errand.team) == (5, "service", "neighbours")
    assert desk.ladder_of(errand).steps[1] == EscalationStep(timedelta(minutes=15), "supervisors", "community")
    assert desk.ladders["at_once"].urgent and desk.ladders["at_once"].silent_holder is None
    assert desk.categories["not_safe"].confidential and desk.categories["trouble"].asks_if_afraid
    calendar = desk.calendar_of(errand.promise)
    assert calendar is not None and not calendar.opens_on(date(2026, 10, 1)) and calendar.opens_on(date(2026, 5, 11))
    assert desk.orders == OrderRules() and desk.points.caps == Caps()


def test_please_call_me_is_an_order_of_its_own_and_not_in_the_menu() -> None:
    desk = read_desk_file(SMALL)
    assert (desk.call_me.ladder, desk.call_me.team) == ("everyday", None)
    assert [each.key for each in desk.menu()] == ["errand", "trouble", "not_safe"]
    own = read_desk_file(changed("award   = 5", "call_me = true"))
    assert own.call_me.key == "errand" and "call_me" not in own.categories


def test_categories_may_have_two_levels() -> None:
    heading = '[categories.home]\nname = { zh_Hans = "家里的事", en = "At home" }\n'
    desk = read_desk_file(changed("award   = 5", 'in = "home"') + heading)
    assert desk.is_heading("home") and not desk.is_heading("errand")
    assert [each.key for each in desk.menu()] == ["trouble", "not_safe", "home"]
    assert [each.key for each in desk.menu("home")] == ["errand"]


def test_one_language_needs_no_table_of_names() -> None:
    text = re.sub(r'\{ zh_Hans = "[^"]*", en = ("[^"]*") \}', r"\1", SMALL).replace('["zh_Hans", "en"]', '["en"]')
    desk = read_desk_file(text)
    assert desk.units["ankang"].name == {"en": "Ankang Community"}


def test_a_language_taken_out_again_leaves_its_names_alone() -> None:
    desk = read_desk_file(changed('["zh_Hans", "en"]', '["en"]'))
    assert list(desk.name) == ["en", "zh_Hans"]


def test_a_file_saved_on_windows() -> None:
    assert read_desk_file("\ufeff" + SMALL.replace("\n", "\r\n")) == read_desk_file(SMALL)


def test_reports_and_points() -> None:
    desk = read_desk_file(shipped_desk_file("demo"))
    wire, deed = desk.reports["wire"], desk.reports["good_deed"]
    assert (wire.near, wire.asks, wire.award, wire.urgent) == (50, ("photo", "place"), Award(5, 3), True)
    assert (deed.award, deed.ladder, deed.dimension) == (Award(10, 2), None, "service")
    assert desk.points.caps == Caps(30, 300, 60) and desk.points.second_signature_above == 50
    assert list(desk.points.dimensions) == ["service", "growth", "harmony", "civility"]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_we_ship_works_as_it_is(name: str) -> None:
    desk = read_desk_file(shipped_desk_file(name))
    assert communities(desk.units) and desk.emergency and desk.quiet
    assert [each for each in desk.categories.values() if each.confidential]
    assert [each for each in desk.categories.values() if each.asks_if_afraid and each.discreet]
    assert desk.categories["errand"].cash and desk.call_me.ladder != "at_once"
    everything = [desk.name, *(each.name for each in desk.emergency), *desk.teams.values()]
    everything += [unit.name for unit in desk.units.values()]
    everything += [category.name for category in desk.categories.values()]
    everything += [report.name for report in desk.reports.values()]
    assert all(set(named) == {"zh_Hans", "en"} for named in everything)


def test_the_second_channel() -> None:
    desk = read_desk_file(SMALL)
    assert desk.second_channel is None
    mail = '[second_channel.mail]\nserver = "localhost"\ntls = "none"\nfrom = "desk@example.org"\n'
    channel = read_desk_file(f'{SMALL}\n{mail}to = {{ ankang = "dina@example.org" }}').second_channel
    assert channel == SecondChannel(
        timedelta(minutes=10),
        Mail("localhost", "desk@example.org", "none", 25, None, {"ankang": ("dina@example.org",)}),
    )
    hook = read_desk_file(f'{SMALL}\n[second_channel]\nafter = "5m"\nwebhook.url = "https://a.example.org/x?y=z"')
    assert hook.second_channel == SecondChannel(timedelta(minutes=5), None, "https://a.example.org/x?y=z")


@pytest.mark.parametrize("name", ["desk.en", "desk.zh_Hans"])
def test_the_second_channel_that_the_shipped_files_show_is_sound(name: str) -> None:
    """Only the # is to be taken away."""
    text = shipped_desk_file(name)
    start = text.index("# [second_channel]")
    end = text.index("\n\n", start)
    channel = read_desk_file(text[:start] + re.sub(r"(?m)^# ?", "", text[start:end]) + text[end:]).second_channel
    assert channel is not None and channel.mail is not None and channel.mail.officers and channel.webhook
