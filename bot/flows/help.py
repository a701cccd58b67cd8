"""Ask the neighbours for help.

ama:  /help
desk: What do you need help with? [Groceries, medicine, errands] [Something at home is broken] [Hard times]
    [Trouble at home or with neighbours] [I'd rather say it privately]
ama:  [Groceries, medicine, errands]
desk: Take your time: write, speak or send a picture.
ama:  No rice, my leg hurts
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: Where shall somebody come? Write the address, or send your place with the paper clip.
    [It is for somebody else]
ama:  Ankang, building 3, room 201
desk: When would be good? [As soon as somebody can] [Today] [Tomorrow]
ama:  [Today]
desk: This is what I understood. Is it right?
ama:  [Yes, send it]
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.flows.flow import Choice, Flow, Heard
from bot.flows.steps import Choose, Phone, Place, Summary, Tell, Words
from desk import orders, people, places
from desk.front import Desk
from domain.desk_file import Category, DeskFile
from domain.places import communities
from domain.words import Text, _, plain

ME, ANOTHER, HOME = "me", "another", "home"


def categories(flow: Flow, desk: Desk) -> list[Choice]:
    return menu_of(desk.file, None)


def kinds(flow: Help, desk: Desk) -> list[Choice]:
    return menu_of(desk.file, flow.about_what)


@lru_cache(maxsize=64)
def menu_of(file: DeskFile, under: str | None) -> list[Choice]:
    """Made once: what was answered is checked against it with every answer that follows."""
    return [Choice(category.key, plain(category.name)) for category in file.menu(under)]


def afraid_or_not(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("no", _("No")), Choice("yes", _("Yes, or I'd rather not say here"))]


def for_whom(flow: Flow, desk: Desk) -> list[Choice]:
    return WHOM


WHOM = [Choice(ME, _("For me")), Choice(ANOTHER, _("For somebody else"))]


def usually_me(flow: Flow, desk: Desk) -> str | None:
    """Whoever is in charge of a place also writes down telephone calls and walk-ins, and is asked."""
    in_charge = any(role.role in ("supervisor", "officer") for role in people.roles_of(desk, flow.person))
    return None if in_charge else ME


def known_places(flow: Help, desk: Desk) -> list[Choice]:
    if flow.whom == ANOTHER:
        return []
    home = [Choice(HOME, plain(flow.person.address))] if flow.person.address else []
    return [*home, Choice(ANOTHER, _("It is for somebody else"))]


def units(flow: Flow, desk: Desk) -> list[Choice]:
    return choices_of(desk.file)


@lru_cache(maxsize=4)
def choices_of(file: DeskFile) -> list[Choice]:
    """Made once: a district may have a hundred communities, and every answer is checked against them."""
    return [Choice(unit.key, plain(unit.name)) for unit in communities(file.units)]


def unit_of_place(flow: Help, desk: Desk) -> str | None:
    if flow.at_home:
        return flow.person.unit
    guessed = places.guess_unit(desk, flow.place.get("words", ""))
    return guessed or (flow.person.unit if flow.whom == ME else None)


def times(flow: Flow, desk: Desk) -> list[Choice]:
    return SOON_OR_LATER


TIMES = {"soon": _("As soon as somebody can"), "today": _("Today"), "tomorrow": _("Tomorrow")}
SOON_OR_LATER = [Choice(key, label) for key, label in TIMES.items()]


def own_name(flow: Help, desk: Desk) -> str | None:
    """The name given before, or what Telegram shows when it has letters in it; it can be changed in the summary."""
    shown = flow.person.name or flow.person.shown_name or ""
    return shown if any(letter.isalpha() for letter in shown) else None


def at_night(flow: Help, desk: Desk) -> Text:
    """What is not urgent waits for the morning, and says so."""
    quiet, zone = desk.file.quiet, desk.file.zone
    if quiet is None or not quiet.is_quiet(desk.now, zone) or flow.is_urgent(desk):
        return Text("")
    return _(" It is night: the neighbours will be asked at {morning}.")(morning=quiet.next_morning(desk.now, zone))


class Where(Place):
    """The address; *for somebody else* turns the question to whom it is for.

    An address belongs to whom it was given for, and a new one is perhaps in another community.
    """

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        answer = super().hear(heard, stored, flow, desk)
        if answer.get("choice") == ANOTHER:
            flow.answers["whom"] = ANOTHER
            flow.progress.known = [name for name in flow.progress.known if name != "whom"]
        flow.answers.pop("unit", None)
        return {**answer, "of": flow.answers["whom"]}

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        same = stored.get("of", ME) == flow.answers.get("whom", ME)
        return same and super().still_true(stored, flow, desk)

    def is_answered(self, stored: Any) -> bool:
        return bool(stored.get("choice") != ANOTHER)


class Help(Flow):
    name = "help"
    title = _("🙋 Ask for help")
    about = _("ask the neighbours for help")
    in_menu = True

    about_what = Choose(_("What do you need help with?"), among=categories, label=_("What"))
    kind = Choose(
        _("Which of these is it?"),
        among=kinds,
        label=_("More exactly"),
        when=lambda flow, desk: desk.file.is_heading(flow.about_what),
    )
    afraid = Choose(
        _("Before you go on: are you afraid of somebody at home?"),
        among=afraid_or_not,
        when=lambda flow, desk: flow.category(desk).asks_if_afraid,
    )
    story = Tell(_("Take your time: write, speak or send a picture."), label=_("In your words"))
    whom = Choose(_("For whom is it?"), among=for_whom, label=_("For whom"), known=usually_me)
    other_name = Words(_("What is their name?"), label=_("Their name"), when=lambda flow, desk: flow.whom == ANOTHER)
    other_phone = Phone(
        _("Their telephone number?"),
        label=_("Their number"),
        optional=True,
        when=lambda flow, desk: flow.whom == ANOTHER,
    )
    place = Where(
        _("Where shall somebody come? Write the address, or send your place with the paper clip."),
        among=known_places,
        label=_("Where"),
    )
    unit = Choose(_("Which community is that in?"), among=units, label=_("Community"), known=unit_of_place)
    wanted = Choose(_("When would be good?"), among=times, typed=True, label=_("When"))
    own = Words(
        _("And what may we call you?"), label=_("Your name"), known=own_name, when=lambda flow, desk: flow.whom == ME
    )
    sure = Summary(_("This is what I understood. Is it right?{night}"), go=_("Yes, send it"), night=at_night)

    def category(self, desk: Desk) -> Category:
        return desk.file.categories[self.kind if self.has("kind") else self.about_what]

    def is_urgent(self, desk: Desk) -> bool:
        return desk.file.ladder_of(self.category(desk)).urgent

    @property
    def at_home(self) -> bool:
        return bool(self.place.get("choice") == HOME)

    def leads_to(self, desk: Desk) -> tuple[str, dict[str, Any]] | None:
        if not self.has("about_what") or desk.file.is_heading(self.category(desk).key):
            return None
        category = self.category(desk)
        if category.confidential:
            return "private", {"category": category.key}
        if category.asks_if_afraid and self.answers.get("afraid") == "yes":
            return "private", {"category": category.private_door}
        return None

    def finish(self, desk: Desk) -> Text | None:
        address = self.person.address if self.at_home else self.place.get("words")
        me = self.whom == ME
        if me:
            self.remember(desk, address)
        wanted = TIMES[self.wanted] if self.wanted in TIMES else plain(self.wanted.removeprefix("="))
        new = orders.NewOrder(
            once=self.id,
            category=self.category(desk).key,
            unit=self.unit,
            asked_by=self.person.id,
            requester_id=self.person.id if me else None,
            for_name=self.own if me else self.other_name,
            for_phone=self.person.phone if me else (self.other_phone or None),
            place=address or None,
            latitude=self.place.get("latitude"),
            longitude=self.place.get("longitude"),
            wanted=wanted,
            speaks=self.person.speaks if me else None,
            parts=self.story,
        )
        orders.make_order(desk, new)
        return None

    def remember(self, desk: Desk, address: str | None) -> None:
        """What was said for the first time is the answer offered next time."""
        learnt: dict[str, Any] = {"name": self.own}
        if not self.person.address and address:
            learnt |= {"address": address, "unit": self.unit}
        people.change(desk, self.person, **learnt)
