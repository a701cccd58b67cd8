"""Households put together and parted: why it is done, and when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from domain.refusals import Refusal
from domain.words import Text, _

MERGED, PARTED = _("Two households became one"), _("A household was parted")
"""What the statement says of it; never who, never where to."""

MERGE_REASONS: Mapping[str, Text] = {
    "twice": _("It stood there twice"),
    "together": _("They live together now"),
}
SPLIT_REASONS: Mapping[str, Text] = {
    "moved": _("They have moved out"),
    "apart": _("They keep house apart now"),
    "never": _("They never lived together"),
}


STAYS_OWN = timedelta(days=90)
"""So long whoever has left a household decides nothing about it: who leaves it for a day is no stranger to it."""


class NoSuchHousehold(Refusal):
    text = _("No household stands there. Please look at the address again.")


class SameHousehold(Refusal):
    text = _("That is the same household.")


class OwnHousehold(Refusal):
    text = _("It is your own household, so somebody else has to do this.")
    final = True


class LivedIn(Refusal):
    text = _("Somebody belongs to the household there already. Put the two together instead, or name another address.")


class NobodyLeaves(Refusal):
    text = _("Nobody of them belongs to this household any more.")
