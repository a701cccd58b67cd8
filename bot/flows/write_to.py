"""Requester and holder write to each other through the desk; loose words are asked after before anything is passed on.

ama:  [Write to Ben]
desk: What shall I tell Ben? Write, speak or send a picture.
ama:  The bell is broken, please knock
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: I've passed it on to Ben.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow, Said
from bot.flows.steps import Choose, Tell
from desk import relay
from desk.front import Desk
from desk.order_views import called_to, category_of
from domain.people import Person
from domain.refusals import NotFound
from domain.relay import CannotCarry, NobodyToTell
from domain.words import Text, _

NEW = "new"
CARRIED = frozenset({"text", "place", *relay.CARRIED})


def piece_of(said: Said) -> relay.Piece:
    """One message as a piece that can be passed on."""
    if said.kind not in CARRIED:
        raise CannotCarry
    if said.kind == "place":
        return {"kind": "place", "words": said.text, "latitude": said.latitude, "longitude": said.longitude}
    return dict(Tell.part(said))


class TellThem(Tell):
    """Anything that can be passed on."""

    accepts = CARRIED
    wanted = CannotCarry.text

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return piece_of(said)


def other_name(flow: Flow, desk: Desk) -> str | Text:
    return relay.name_of_other(desk, flow.person, flow.answers.get("order", 0)) or ""


class WriteTo(Flow):
    name = "write"
    title = _("Write to whoever is on the other side")
    can_call = False
    needs_consent = False  # nothing of it is kept

    words = TellThem(_("What shall I tell {name}? Write, speak or send a picture."), name=other_name)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        order = relay.check_talking(desk, person, subject_id)
        if relay.name_of_other(desk, person, order.id) is None:
            raise NobodyToTell
        return {"order": order.id}

    def finish(self, desk: Desk) -> Text | None:
        name = other_name(self, desk)
        said = relay.relay_words(desk, self.person, self.answers.get("order", 0), self.words)
        return said or _("I've passed it on to {name}.")(name=name)


# ── whose words are these? ──────────────────────────────────────────────────────────────────────────────────────────


def for_whom(flow: Flow, desk: Desk) -> list[Choice]:
    """Everybody this person can talk to now, and something new."""
    talks = relay.talks_of(desk, flow.person)
    label = _("For {name}") if len(talks) == 1 else _("For {name}: {category} ({reference})")
    choices = [
        Choice(
            str(order.id),
            label(
                name=called_to(desk, relay.other_side(desk, flow.person, order)[0], order),
                category=category_of(desk, order).name,
                reference=order.reference,
            ),
        )
        for order in talks
    ]
    return [*choices, Choice(NEW, _("Something new"))]


def whose_question(flow: Flow, desk: Desk) -> Text:
    talks = relay.talks_of(desk, flow.person)
    if len(talks) != 1:
        return _("Is this for one of them, or something new?")
    name = called_to(desk, relay.other_side(desk, flow.person, talks[0])[0], talks[0])
    return _("Is this for {name}, or something new?")(name=name)


class Which(Choose):
    """Whatever else is said before the answer belongs to the same words."""

    accepts = CARRIED | {"document"}

    def question(self, flow: Flow, desk: Desk) -> Text:
        return whose_question(flow, desk)

    def is_answered(self, stored: Any) -> bool:
        return bool(stored)

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return not stored or super().still_true(stored, flow, desk)

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        kept = {"kind": "document", "file_id": said.file_id, "words": said.text} if said.kind == "document" else None
        flow.answers["pieces"] = [*flow.answers.get("pieces", []), kept or piece_of(said)][: Tell.most]
        return ""


class Whose(Flow):
    """Words that belong to no conversation, of somebody who is talking with a neighbour: kept until it is clear."""

    name = "whose"
    title = _("Whose words are these?")
    can_call = False
    needs_consent = False

    to = Which(_("Is this for one of them, or something new?"), among=for_whom)

    @property
    def begun(self) -> bool:
        return True  # it keeps somebody's words

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return bool(relay.talks_of(desk, person))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        raise NotFound  # only words open it

    def leads_to(self, desk: Desk) -> tuple[str, dict[str, Any]] | None:
        if self.answers.get("to") != NEW:
            return None
        pieces = self.answers.get("pieces", [])
        told = [
            {**piece, "kind": relay.KEPT_AS.get(piece["kind"], piece["kind"])}
            for piece in pieces
            if piece["kind"] != "place"
        ]
        place = next((piece for piece in pieces if piece["kind"] == "place"), None)
        known: dict[str, Any] = {"story": {"parts": told, "done": True}} if told else {}
        if place is not None:
            where = {"words": place["words"], "latitude": place["latitude"], "longitude": place["longitude"]}
            known["place"] = where
        return "help", known

    def finish(self, desk: Desk) -> Text | None:
        order_id = int(self.to)
        name = relay.name_of_other(desk, self.person, order_id) or ""
        said = relay.relay_words(desk, self.person, order_id, self.answers.get("pieces", []))
        return said or _("I've passed it on to {name}.")(name=name)
