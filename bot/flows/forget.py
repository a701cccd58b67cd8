"""Forget me: what is open is settled, everything by which one could be known goes, and what stays is said before.

ama:  /forget
desk: I'll delete your name, number and address, and all you have written, said or sent here. Two things stay, without
    your name: the points of your household, so that the sums are right, and that something was asked for and done.
    What others have received already I cannot take back. Shall I forget you? [Yes, forget me]
ama:  [Yes, forget me]
desk: Done, I have forgotten you. What still stands in this chat you can delete yourself. Should you need us: /start
"""

from __future__ import annotations

from bot.flows.flow import Flow
from bot.flows.steps import Confirm
from desk import forgetting
from desk.front import Desk
from domain.words import Text, _, lines

WHAT_GOES = _("I'll delete your name, number and address, and all you have written, said or sent here.")
WHAT_STAYS = _(
    "Two things stay, without your name: the points of your household, so that the sums are right, and that something"
    " was asked for and done."
)

DONE = _(
    "Done, I have forgotten you. What still stands in this chat you can delete yourself. Should you need us: /start"
)


def what_happens(flow: Flow, desk: Desk) -> Text:
    open_now = forgetting.what_is_open(desk, flow.person)
    called_off = _("Your {count} open request will be called off.", "Your {count} open requests will be called off.")
    given_back = _(
        "The {count} request you have taken goes back to the others.",
        "The {count} requests you have taken go back to the others.",
    )
    return lines(
        WHAT_GOES,
        called_off(count=open_now.asked) if open_now.asked else None,
        given_back(count=open_now.held) if open_now.held else None,
        WHAT_STAYS,
        _("What others have received already I cannot take back. Shall I forget you?"),
    )


class Forget(Flow):
    name = "forget"
    title = _("Forget me")
    about = _("delete everything I know about you")
    needs_consent = False

    sure = Confirm(Text("{what_happens}"), what_happens=what_happens, go=_("Yes, forget me"))

    def finish(self, desk: Desk) -> Text | None:
        forgetting.forget(desk, self.person)
        self.progress.suspended = None  # a half-finished conversation is forgotten too
        return _(
            "Done, I have forgotten you. What still stands in this chat you can delete yourself. Should you need us:"
            " /start"
        )
