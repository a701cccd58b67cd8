"""How something is refused at the market and at its counter, in words for whoever tried."""

from __future__ import annotations

from domain.refusals import Refusal
from domain.words import _


class SoldOut(Refusal):
    text = _("There is no more of it just now. I can tell you when it is back.")


class TooFewLeft(Refusal):
    text = _("There is only {count} left.", "There are only {count} left.")


class Dearer(Refusal):
    text = _("What it costs has changed meanwhile. Please look once more.")


class EnoughForNow(Refusal):
    text = _("Your household has had as many of these as one may have for now.")


class NotOffered(Refusal):
    text = _("That is no longer offered.")
    final = True


class NoMarket(Refusal):
    text = _("There is no station for your household yet. The community worker can tell you more.")


class NotAwaited(Refusal):
    text = _("There is some of it now. You can have it.")


class NotCollected(Refusal):
    """What became of it meanwhile."""

    text = _("This has changed meanwhile: {stands}")
    final = True


class WrongCode(Refusal):
    text = _("I know no code like that here. Please look at it again; it has eight letters and digits.")


class CounterLocked(Refusal):
    text = _("That was not right several times, so this counter takes no codes until {until}. An officer knows.")


class ForTheKeeper(Refusal):
    text = _("This is for the keeper of the station. Show it at the counter.")


class NotShown(Refusal):
    text = _("Please enter the code once more.")


class OwnHousehold(Refusal):
    text = _("That is your own household's. Please ask another keeper or an officer.")


class NotThen(Refusal):
    text = _(
        "It cannot have been handed over then: it must be after it was redeemed, before it expired, and not ahead."
    )


class NotFromAShelf(Refusal):
    """A service whose time has passed: nobody handed anything out, and its place of that week has gone."""

    text = _(
        "That was a service, and nobody confirmed it in time. The household has its points back and can book anew."
    )
    final = True


class TooLate(Refusal):
    text = _("That was too long ago to be entered here. Please ask an officer.")


class NotAnAmount(Refusal):
    text = _("I need a number here, such as 2.")


class NotSoMany(Refusal):
    text = _("There are fewer on the shelf than that.")


class NoName(Refusal):
    text = _("It needs a name of at most 60 letters.")


class LongAbout(Refusal):
    text = _("Please describe it in at most 400 letters.")


class StillWaiting(Refusal):
    text = _("Some of what was redeemed here has yet to be collected. Please wait until that is done.")
