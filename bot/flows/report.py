"""Report something dangerous or uncivil, or tell of a good deed.

ama:  /report
desk: What have you seen? [Something dangerous] [Something uncivil] [A good deed]
ama:  [Something dangerous]
desk: Which of these is it? [A manhole cover loose or gone] [A wire hanging or bare] [A smell of gas]
    [A way out is blocked] [A lamp is out] [Something else that is dangerous]
ama:  [A lamp is out]
desk: Please walk slowly there and mind your step. What is it like there? Write, speak, or send pictures or a video.
ama:  On the stairs, since Friday
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: Where is it? Send the place with the paper clip, or write it. [At my building: Ankang Community, building 3]
ama:  [At my building: Ankang Community, building 3]
desk: Somebody has reported this nearby: 1. A lamp is out · in the same building · since 10:00 · Somebody in
    charge has to look at it first. Is it the same? [It is the same] [It is something else]
ama:  [It is something else]
desk: May whoever comes know your name? [Rather not] [Yes, they may]
ama:  [Rather not]
desk: May I ask: are you 14 or older? [Yes, 14 or older] [No, younger]
ama:  [Yes, 14 or older]
desk: This is what I understood. Is it right?
ama:  [Yes, send it]
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow, Heard, Said
from bot.flows.help import units
from bot.flows.steps import Choose, PhotoNeeded, Place, Summary, Tell
from desk import people, report_places, report_views, reports
from desk.front import Desk
from domain.desk_file import GOOD_DEED, ReportKind
from domain.refusals import Refusal
from domain.words import Text, _, lines, plain

BUILDING, NOWHERE, OTHER = "building", "nowhere", "other"


def headings(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(kind.key, plain(kind.name)) for kind in desk.file.report_menu()]


def kinds(flow: Report, desk: Desk) -> list[Choice]:
    return [Choice(kind.key, plain(kind.name)) for kind in desk.file.report_menu(flow.about_what)]


def may_they(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("no", _("Rather not")), Choice("yes", _("Yes, they may"))]


def ages(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("older", _("Yes, 14 or older")), Choice("younger", _("No, younger"))]


# ── what it is like ─────────────────────────────────────────────────────────────────────────────────────────────────


class WordsNeeded(Refusal):
    text = _("For this one I need a few words or a voice message as well.")


class TellWhatYouSaw(Tell):
    """Pictures, a video, voice and words in any order; what the kind cannot do without is asked for at the end.

    What to do now, or whom not to name, is said first.
    """

    def question(self, flow: Any, desk: Desk) -> Text:
        first = not flow.answers.get(self.name, {}).get("parts")
        kind: ReportKind = flow.kind_of(desk)
        asks = _("I need a picture of it, if you can take one safely.") if first and "photo" in kind.asks else None
        return lines(plain(kind.say_first) if first and kind.say_first else None, super().question(flow, desk), asks)

    def hear(self, heard: Heard, stored: Any, flow: Any, desk: Desk) -> Any:
        answer = super().hear(heard, stored, flow, desk)
        asks, parts = flow.kind_of(desk).asks, answer["parts"]
        if answer["done"] and "photo" in asks and not any(part["kind"] in ("photo", "video") for part in parts):
            raise PhotoNeeded
        if (
            answer["done"]
            and "words" in asks
            and not any(part.get("words") or part["kind"] == "voice" for part in parts)
        ):
            raise WordsNeeded
        return answer


# ── where it is ─────────────────────────────────────────────────────────────────────────────────────────────────────


def known_places(flow: Report, desk: Desk) -> list[Choice]:
    home = report_places.building_of(desk, flow.person)
    at_mine = _("At my building: {building}")
    return [
        *([Choice(BUILDING, at_mine(building=report_places.written_building(desk, *home)))] if home else []),
        *([] if "place" in flow.kind_of(desk).asks else [Choice(NOWHERE, _("I can't say where"))]),
    ]


class Where(Place):
    """A pin, words, or a building the desk knows: the household's own, or the one on whose door the poster hangs."""

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        chosen = super().understand_pressed(value, flow, desk)
        flow.answers.pop("unit", None)  # a new place is perhaps in another community
        home = report_places.building_of(desk, flow.person) if value == BUILDING else None
        return at_building(*home) if home is not None else chosen

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        flow.answers.pop("unit", None)
        return super().understand_said(said, flow, desk)

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        if "building" in stored:
            return plain(report_places.written_building(desk, stored["unit"], stored["building"]))
        return super().shown(stored, flow, desk)


def at_building(unit: str, building: str) -> dict[str, str]:
    """The answer of somebody who stands at a building the desk knows."""
    return {"unit": unit, "building": building}


def unit_of_place(flow: Report, desk: Desk) -> str | None:
    where = flow.place
    return where.get("unit") or report_places.guess_unit(desk, where.get("words", "")) or flow.person.unit


# ── somebody reported this nearby ───────────────────────────────────────────────────────────────────────────────────


def is_near(flow: Report, desk: Desk) -> bool:
    return bool(flow.near(desk))


def same_or_other(flow: Report, desk: Desk) -> list[Choice]:
    near = flow.near(desk)
    label = _("It is the same") if len(near) == 1 else _("It is the same as {number}")
    same = [Choice(str(each.order_id), label(number=number)) for number, each in enumerate(near, 1)]
    return [*same, Choice(OTHER, _("It is something else"))]


def listed_near(flow: Report, desk: Desk) -> list[Text]:
    """Each with how far it is, since when and how it stands; nothing of who told us."""
    away = _("{number}. {category} · {metres} m away · since {since} · {stands}")
    inside = _("{number}. {category} · in the same building · since {since} · {stands}")
    return [
        (inside if each.metres is None else away)(
            number=number,
            category=flow.kind_of(desk).name,
            metres=each.metres,
            since=each.made_at,
            stands=report_views.stands_for_others(desk, each.order_id),
        )
        for number, each in enumerate(flow.near(desk), 1)
    ]


# ── the talk ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_new(flow: Report, desk: Desk) -> bool:
    """A report of its own, not the same as somebody else's."""
    return flow.same is None


def age_matters(flow: Report, desk: Desk) -> bool:
    """Where a name or points would appear, and they have not said before that they are old enough."""
    if flow.same is not None or flow.person.of_age or people.roles_of(desk, flow.person):
        return False
    return flow.show_name == "yes" or flow.kind_of(desk).award.reporter > 0


class Report(Flow):
    name = "report"
    title = _("📣 Report something")
    about = _("report something dangerous or uncivil, or a good deed")
    in_menu = True

    about_what = Choose(_("What have you seen?"), among=headings)
    kind = Choose(
        _("Which of these is it?"),
        among=kinds,
        label=_("What"),
        when=lambda flow, desk: desk.file.has_kinds(flow.about_what),
    )
    story = TellWhatYouSaw(
        _("What is it like there? Write, speak, or send pictures or a video."), label=_("In your words")
    )
    place = Where(
        _("Where is it? Send the place with the paper clip, or write it."), among=known_places, label=_("Where")
    )
    unit = Choose(_("Which community is that in?"), among=units, label=_("Community"), known=unit_of_place)
    nearby = Choose(
        _("Somebody has reported this nearby:\n{found}\nIs it the same?"),
        among=same_or_other,
        when=is_near,
        found=lambda flow, desk: lines(*listed_near(flow, desk)),
    )
    show_name = Choose(_("May whoever comes know your name?"), among=may_they, label=_("My name"), when=is_new)
    age = Choose(_("May I ask: are you 14 or older?"), among=ages, when=age_matters)
    sure = Summary(_("This is what I understood. Is it right?"), go=_("Yes, send it"), when=is_new)

    def kind_of(self, desk: Desk) -> ReportKind:
        return desk.file.reports[self.kind if self.has("kind") else self.about_what]

    @property
    def same(self) -> int | None:
        """The report that is of the same thing."""
        chosen = self.answers.get("nearby", OTHER)
        return None if chosen == OTHER else int(chosen)

    def near(self, desk: Desk) -> list[reports.Nearby]:
        where = self.place
        pin = where.get("latitude"), where.get("longitude")
        return reports.find_nearby(desk, self.kind_of(desk), self.unit, *pin, where.get("building"))

    def arrive(self, desk: Desk) -> None:
        """Whoever is asked whether it is the same sees the pictures that may be shown, once."""
        step = self.here(desk)
        if step is not Report.nearby:
            return
        seen = self.answers.get("seen", [])
        near = self.near(desk)
        self.answers["seen"] = sorted({*seen, *(each.order_id for each in near)})
        for number, each in enumerate(near, 1):
            if each.order_id in seen:
                continue
            reports.show_pictures(desk, self.person, each.order_id, plain(f"{number}."))

    def leads_to(self, desk: Desk) -> tuple[str, dict[str, Any]] | None:
        return ("praise", {}) if self.answers.get("about_what") == GOOD_DEED else None

    def finish(self, desk: Desk) -> Text | None:
        if self.same is not None:
            return reports.join(desk, self.person, self.same)
        young = self.answers.get("age") == "younger"
        if self.has("age"):
            people.change(desk, self.person, of_age=not young)
        where = self.place
        building = where.get("building")
        new = reports.NewReport(
            once=self.id,
            kind=self.kind_of(desk).key,
            unit=self.unit,
            reporter_id=self.person.id,
            place=report_places.written_building(desk, where["unit"], building) if building else where.get("words"),
            building=building,
            latitude=where.get("latitude"),
            longitude=where.get("longitude"),
            parts=self.story,
            show_name=self.show_name == "yes",
            young=young,
        )
        reports.make_report(desk, new)
        return None


def known_at(unit: str, building: str) -> dict[str, Any]:
    """What is known of somebody who came by the poster on a door: `talking.open_flow(desk, person, Report, **this)`."""
    return {"place": at_building(unit, building), "unit": unit}
