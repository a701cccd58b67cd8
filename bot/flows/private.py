"""Something told in confidence: the numbers first, then how we may answer, who may hear, and only then the words.

ama:  /help
desk: What do you need help with? [I'd rather say it privately]
ama:  [I'd rather say it privately]
desk: Is it safe for you to write here? [Yes] [No, not safe]
ama:  [Yes]
desk: Shall we ever write or call first? [No, I'll ask here with a word of my own] [You may write, at certain hours]
    [You may call, at certain hours]
ama:  [No, I'll ask here with a word of my own]
desk: Which community is it about? [Ankang Community] [Haitang Community]
ama:  [Ankang Community]
desk: Who shall hear of it first? If nobody answers within minutes, those above are asked too.
    [Ankang Community] [Donggang Town] [Putuo District]
ama:  [Ankang Community]
desk: Nobody of your household hears of it. Who else must not: tap the names, or write them. [Dina] [Nobody else]
ama:  [Nobody else]
desk: Take your time: write, speak or send a picture.
ama:  I need somebody to talk to
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: Choose a word that only you know. Whenever you write it here, I tell you how it stands.
ama:  pomegranate
desk: It goes to those who answer for Ankang Community, with your name and address as I know them, and to nobody else.
    Shall I pass it on? [Pass it on]
ama:  [Pass it on]
desk: Thank you. Whenever you want to know more, write your word here. [Clear this]
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from bot.flows.flow import Choice, Flow, Heard, Said, Step
from bot.flows.steps import DONE, LONGEST, Choose, Confirm, Phone, Tell, Words
from desk import her_side, private_door
from desk.front import Button, Desk
from domain.cases import CALL, NEVER, WRITE, SafeContact, check_word
from domain.places import communities, path_up
from domain.words import Text, _, lines, plain

YES, NO, SHUT = "yes", "no", "shut"
CLEAR = Button(_("Clear this"), data="k:clear:0")
LEFT_OUT = _("Left out: {name}")
LIMITS = _("We are neighbours and community workers, not an emergency service. In danger, call first.")


def numbers(desk: Desk) -> Text:
    """Whom to call, as the desk file has it."""
    listed = [Text("{name}: <b>{number}</b>")(name=each.name, number=each.number) for each in desk.file.emergency]
    return lines(*listed, LIMITS)


def ways(flow: Flow, desk: Desk) -> list[Choice]:
    return [
        Choice(NEVER, _("No, I'll ask here with a word of my own")),
        Choice(WRITE, _("You may write, at certain hours")),
        Choice(CALL, _("You may call, at certain hours")),
    ]


def hours(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(f"{a}-{b}", plain(f"{a}:00–{b}:00")) for a, b in ((8, 12), (12, 18), (18, 22))]


def places(flow: Private, desk: Desk) -> list[Choice]:
    there = communities(desk.file.units)
    return [Choice(unit.key, plain(unit.name)) for unit in there if private_door.is_open(desk, unit.key)]


def levels(flow: Private, desk: Desk) -> list[Choice]:
    """Her community, the town, the district: those where somebody would hear."""
    above = path_up(desk.file.units, flow.place)
    return [Choice(unit.key, plain(unit.name)) for unit in above if private_door.is_open(desk, unit.key)]


def is_safe(flow: Private, desk: Desk) -> bool:
    return bool(flow.answers.get("safe") == YES)


def may_begin(flow: Private, desk: Desk) -> bool:
    return is_safe(flow, desk) and flow.contact != NEVER


class LeaveOut(Step[dict[str, Any]]):
    """Who must not see it: tapped among those who could, or named. A second tap takes somebody in again."""

    accepts = frozenset({"text"})
    wanted = _("Please tap a name, or write it.")

    def is_answered(self, stored: Any) -> bool:
        return bool(stored["done"])

    def question(self, flow: Flow, desk: Desk) -> Text:
        named = flow.answers.get(self.name, {}).get("names", [])
        noted = _("I've noted {count} name.", "I've noted {count} names.")(count=len(named))
        return lines(super().question(flow, desk), noted if named else None)

    def choices(self, flow: Private, desk: Desk) -> list[Choice]:  # type: ignore[override]
        stored = flow.answers.get(self.name, {})
        away = stored.get("people", [])
        found = private_door.could_see(desk, flow.person, flow.matter(desk), flow.level)
        listed = [
            Choice(str(each.id), LEFT_OUT(name=each.called) if each.id in away else plain(each.called))
            for each in found
        ]
        nobody = _("That's all") if away or stored.get("names") else _("Nobody else")
        return [*listed, Choice(DONE, nobody)]

    def hear(self, heard: Heard, stored: Any, flow: Private, desk: Desk) -> Any:  # type: ignore[override]
        kept = stored or {"people": [], "names": [], "done": False}
        if isinstance(heard, Said):
            name = super().hear(heard, stored, flow, desk)
            return {**kept, "names": [*kept["names"], name]}
        value = self.understand_pressed(heard.value, flow, desk)
        if value == DONE:
            private_door.check_somebody_left(
                desk, flow.person, flow.matter(desk), flow.level, tuple(kept["people"]), tuple(kept["names"])
            )
            return {**kept, "done": True}
        away: Sequence[int] = kept["people"]
        changed = [each for each in away if each != int(value)] if int(value) in away else [*away, int(value)]
        return {**kept, "people": changed}

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return said.text.strip()[:LONGEST]


class Secret(Words):
    """The word she will ask with."""

    wanted = _("Please write one word, or two.")

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        check_word(said.text)
        return said.text.strip()


class Private(Flow):
    name = "private"
    title = _("Something private")
    sealed = True
    lasts = timedelta(minutes=15)
    can_call = False
    needs_consent = False  # the numbers stand before everything else
    also: ClassVar[tuple[Button, ...]] = (CLEAR,)

    safe = Choose(
        _("{numbers}\n\nIs it safe for you to write here?"),
        among=lambda flow, desk: [Choice(YES, _("Yes")), Choice(NO, _("No, not safe"))],
        known=lambda flow, desk: None if private_door.is_open(desk, flow.person.unit) else SHUT,
        numbers=lambda flow, desk: numbers(desk),
    )
    contact = Choose(_("Shall we ever write or call first?"), among=ways, when=is_safe)
    at_hours = Choose(_("At which hours?"), among=hours, when=may_begin)
    phone = Phone(
        _("Which number is safe to call?"), when=lambda flow, desk: may_begin(flow, desk) and flow.contact == CALL
    )
    place = Choose(
        _("Which community is it about?"),
        among=places,
        when=is_safe,
        known=lambda flow, desk: flow.person.unit if flow.person.unit in desk.file.units else None,
    )
    level = Choose(
        _("Who shall hear of it first? If nobody answers within minutes, those above are asked too."),
        among=levels,
        when=is_safe,
    )
    left_out = LeaveOut(
        _("Nobody of your household hears of it. Who else must not: tap the names, or write them."), when=is_safe
    )
    story = Tell(_("Take your time: write, speak or send a picture."), when=is_safe)
    word = Secret(
        _("Choose a word that only you know. Whenever you write it here, I tell you how it stands."), when=is_safe
    )
    sure = Confirm(
        _(
            "It goes to those who answer for {unit}, with your name and address as I know them, and to nobody else."
            " Shall I pass it on?"
        ),
        go=_("Pass it on"),
        when=is_safe,
        unit=lambda flow, desk: desk.file.units[flow.level].name,
    )

    def matter(self, desk: Desk) -> str:
        """The category that led here; the first confidential one, should that be forgotten on starting again."""
        first = next(each.key for each in desk.file.categories.values() if each.confidential)
        return str(self.answers.get("category", first))

    def finish(self, desk: Desk) -> Text | None:
        if self.safe != YES:
            her_side.show(desk, self.person, her_side.NUMBERS)
            return None
        private_door.submit(desk, self.person, self.as_case(desk))
        her_side.show(desk, self.person, her_side.PASSED_ON)
        return None

    def as_case(self, desk: Desk) -> private_door.NewCase:
        begin, end = self.at_hours.split("-") if self.has("at_hours") else ("0", "24")
        phone = self.phone if self.has("phone") else ""
        return private_door.NewCase(
            once=self.id,
            category=self.matter(desk),
            unit=self.level,
            parts=tuple(self.story),
            word=self.word,
            contact=SafeContact(self.contact, (int(begin), int(end)), phone),
            not_people=tuple(self.left_out["people"]),
            not_names=tuple(self.left_out["names"]),
        )
