"""Kinds of reports in the desk file: what they lead to, and every fault of them with its line and what to write."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.desk_file import Award, DeskFileFaults, read_desk_file
from domain.shipped import shipped_desk_file

SMALL = Path(__file__).with_name("small_desk.toml").read_text(encoding="utf-8")
REPORTS = """
[reports.hazard]
name = { zh_Hans = "不安全", en = "Something dangerous" }
[reports.wire]
in       = "hazard"
name     = { zh_Hans = "电线", en = "A wire" }
asks     = ["photo", "place"]
body     = "power"
team     = "neighbours"
ladder   = "everyday"
near     = "50m"
near_for = "7d"
urgent   = true
award    = { doer = 5, reporter = 3 }
[reports.uncivil]
name = { zh_Hans = "不文明", en = "Something uncivil" }
[reports.litter]
in   = "uncivil"
name = { zh_Hans = "垃圾", en = "Litter" }
near = "30m"
[reports.good_deed]
name  = { zh_Hans = "好事", en = "A good deed" }
award = { doer = 10, reporter = 2 }
[bodies.power]
name    = { zh_Hans = "供电", en = "The power company" }
phone   = "95598"
promise = "2h"
[ladders.calls]
steps = [{ after = "0m", reach = "duty" }]
"""
WHOLE = SMALL + REPORTS


def test_each_kind_that_leads_to_work_is_a_category_that_stands_in_no_menu() -> None:
    desk = read_desk_file(WHOLE)
    wire = desk.categories["wire"]
    assert (wire.team, wire.ladder, wire.award, wire.report, wire.confidential) == (
        "neighbours",
        "everyday",
        5,
        True,
        False,
    )
    assert desk.ladder_of(wire).urgent and not desk.ladders["everyday"].urgent
    assert desk.categories["litter"].ladder == "calls"  # without a ladder of its own it goes to people in charge
    assert "good_deed" not in desk.categories and "hazard" not in desk.categories
    assert [each.key for each in desk.menu()] == ["errand", "trouble", "not_safe"]
    assert [each.key for each in desk.report_menu()] == ["hazard", "uncivil", "good_deed"]
    assert [each.key for each in desk.report_menu("hazard")] == ["wire"]


def test_a_kind_is_judged_by_people_at_its_own_pace() -> None:
    desk = read_desk_file(WHOLE)
    wire, litter = desk.reports["wire"], desk.reports["litter"]
    assert (wire.near, wire.near_for, wire.award) == (50, timedelta(days=7), Award(5, 3))
    assert (wire.triage, litter.triage) == ("at_once", "calls")
    assert not wire.is_judged_first and litter.is_judged_first
    assert desk.bodies["power"].promise == timedelta(hours=2)
    skips = read_desk_file(WHOLE.replace('body     = "power"\n', "").replace("urgent   = true", "skip_judging = true"))
    assert not skips.reports["wire"].is_judged_first
    other = read_desk_file(WHOLE.replace('body     = "power"\n', "").replace("urgent   = true\n", ""))
    assert other.reports["wire"].is_judged_first


FAULTS = [
    # what stands there, what is written instead, the words its line holds, what the fault says
    ('in       = "hazard"', 'in = "hazrad"', "hazrad", "Did you mean “hazard”?"),
    ('in       = "hazard"', "", "[reports.wire]", 'Write for example: in = "hazard"'),
    ('in   = "uncivil"', 'in = "errand"', 'in = "errand"', "Write one of: hazard, uncivil, good_deed"),
    (
        'name = { zh_Hans = "不安全", en = "Something dangerous" }',
        'name = { zh_Hans = "不安全", en = "Something dangerous" }\nurgent = true',
        "[reports.hazard]",
        "is only a heading",
    ),
    ('"photo", "place"', '"foto"', "foto", "Did you mean “photo”?"),
    ('"photo", "place"', '"note"', "note", "What may stand here: photo, place, words"),
    ('body     = "power"', 'body = "pwoer"', "pwoer", "Did you mean “power”?"),
    ('body     = "power"', 'body = "gas"', 'body = "gas"', "Write one of: power"),
    ('near     = "50m"', 'near = "50"', 'near = "50"', 'Write for example: near = "50m"'),
    ('near     = "50m"', 'near = "0m"', 'near = "0m"', 'Write for example: near = "50m"'),
    (
        'near_for = "7d"',
        'repeats = { count = 1, near = "50m", within = "30d" }',
        "repeats",
        "Write for example: count = 3",
    ),
    ('near_for = "7d"', 'repeats = { count = 3, near = "50m" }', "repeats", "“within” is missing"),
    (
        'near_for = "7d"',
        'repeats = { count = 3, near = "50m", within = "30d", by = 1 }',
        "repeats",
        "What may stand here: count, near, within",
    ),
    ('near_for = "7d"', 'near_for = "a week"', "a week", "is not a length of time"),
    ('ladder   = "everyday"', 'ladder = "evryday"', "evryday", "Did you mean “everyday”?"),
    ('ladder   = "everyday"', 'triage = "nobody"', "triage", "Write one of: everyday"),
    ('near = "30m"', 'triage = "everyday"', "triage", "may reach duty or supervisors only"),
    ('team     = "neighbours"', "", "[reports.wire]", "has no team, but its ladder begins with the team"),
    ("urgent   = true", "discreet = true", "near     = ", "so it has no “near”"),
    ('near = "30m"', "public = true", "public", "Somebody strikes out names"),
    ('near = "30m"', "skip_judging = true", "skip_judging", "Somebody strikes out names"),
    ("award = { doer = 10, reporter = 2 }", 'team = "neighbours"', 'team = "n', "A good deed leads to no work"),
    ("[reports.litter]", "[reports.errand]", "[reports.errand]", "is the key of a category already"),
    ('phone   = "95598"', "", "[bodies.power]", 'Write for example: phone = "95598"'),
    ('phone   = "95598"', "phone = 95598", "phone = 95598", 'Write for example: phone = "95598"'),
    ('phone   = "95598"', 'phone = "ask Li"', "ask Li", 'Write for example: phone = "95598"'),
    ('promise = "2h"', 'promsie = "2h"', "promsie", "Did you mean “promise”?"),
    ("award    = { doer = 5, reporter = 3 }", "award = { doer = -5 }", "doer = -5", "doer = 10"),
]


@pytest.mark.parametrize(("old", "new", "stands_in", "says"), FAULTS)
def test_a_fault_names_its_line_and_what_to_write(old: str, new: str, stands_in: str, says: str) -> None:
    assert REPORTS.count(old) == 1, f"{old!r} stands {REPORTS.count(old)} times in the example"
    text = SMALL + REPORTS.replace(old, new)
    line = max(number for number, words in enumerate(text.split("\n"), 1) if stands_in in words)
    with pytest.raises(DeskFileFaults) as raised:
        read_desk_file(text)
    found = [(fault.line, fault.text.msgid.format(**fault.text.blanks)) for fault in raised.value.faults]
    assert any(at == line and says in sentence for at, sentence in found), found


@pytest.mark.parametrize("name", ["demo", "desk.zh_Hans", "desk.en"])
def test_what_we_ship_has_something_under_each_heading(name: str) -> None:
    desk = read_desk_file(shipped_desk_file(name))
    assert [each.key for each in desk.report_menu()] == ["hazard", "uncivil", "good_deed"]
    kinds = [each for each in desk.reports.values() if each.leads_to_work and not desk.has_kinds(each.key)]
    assert all(each.say_first for each in kinds), "each says what to do now, or what not to tell"
    assert {each.body for each in kinds if each.key in ("manhole", "wire", "gas")} == set(desk.bodies)
    both = {"zh_Hans", "en"}
    assert all(set(body.name) == both and body.tell and set(body.tell) == both for body in desk.bodies.values())
