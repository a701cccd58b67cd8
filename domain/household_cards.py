"""A household's card and PIN: what may stand on it, and when a PIN is no longer taken."""

from __future__ import annotations

from domain.refusals import Refusal
from domain.words import _

LONGEST_NAME = 40
PIN_LENGTH = 4
PIN_TRIES = 5
"""Wrong ones in a row; then only a new PIN helps. One guesser in two thousand gets that far with luck."""

WEAK = {f"{digit}" * PIN_LENGTH for digit in range(10)} | {"1234", "4321", "0123", "1212", "6789"}


class NotAName(Refusal):
    text = _("Please write a name of at most 40 letters.")


class NoPin(Refusal):
    text = _("This household has no PIN yet. Whoever looks after the place can make one: /households")


class WrongPin(Refusal):
    text = _(
        "That is not their PIN. You can try {count} more time.",
        "That is not their PIN. You can try {count} more times.",
    )


class PinLocked(Refusal):
    text = _("Five wrong PINs: this card is locked. Whoever looks after the place can make a new PIN: /households")
    final = True


def name_of(words: str) -> str:
    """What a household calls itself, on one line."""
    name = " ".join(words.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NotAName
    return name


def digits_of(words: str) -> str:
    """A PIN however it was typed, in any script's digits."""
    return "".join(str(int(sign)) for sign in words[:40] if sign.isdecimal())
