"""A report is judged once by somebody in charge: what may be done with it, and how that is refused."""

from __future__ import annotations

from domain.orders import ALIVE, OPEN, WAITING, Order
from domain.refusals import Refusal
from domain.reports import ACCEPTED, Report
from domain.words import Text, _, plain

MERGES_INTO = (*ALIVE, "resolved")
"""Whatever is still looked after; what is over takes in nothing any more."""


def is_unjudged(order: Order, report: Report) -> bool:
    return report.verdict is None and order.state in ("new", WAITING)


def may_be_same(order: Order, report: Report) -> bool:
    """Found to be the same as another one: before it is judged, or as long as nobody has taken it."""
    return report.verdict in (None, ACCEPTED) and order.state in (*OPEN, WAITING)


DECLINED_SO: dict[str, Text] = {
    "no_danger": _("We went to look, and nobody can get hurt there as it is. Thank you for keeping your eyes open."),
    "private": _("It is on private ground, so only the owner can see to it. We shall have a word with them."),
    "unclear": _("We could not find it from what we have. Please tell us again with a picture or the place."),
    "planned": _("It is being seen to already: the works are announced there."),
}
"""Sentences a reporter can bear; the supervisor taps one or writes their own."""


def reason_of(kept: str | None) -> Text:
    """As it is said: a sentence of ours in the reader's language, or words somebody wrote."""
    return DECLINED_SO.get(kept or "", plain((kept or "").removeprefix("=")))


class NotJudgedYet(Refusal):
    text = _("Somebody in charge has to look at this report first. Then it can be given to somebody.")


class Judged(Refusal):
    text = _("This report has been looked at meanwhile. Here is how it stands now: {stands}")
    final = True


class ItIsItself(Refusal):
    text = _("That is this very report. Please choose another one, or judge it by itself.")


class OverAlready(Refusal):
    text = _("{reference} is over by now, so nothing can join it any more. Please judge this one by itself.")


class AnotherKind(Refusal):
    text = _("{reference} is about something else. Please choose one of the same kind, or judge this one by itself.")


class NotMerged(Refusal):
    text = _("This one stands by itself already. Here is how it stands now: {stands}")
    final = True
