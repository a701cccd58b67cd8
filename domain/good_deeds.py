"""A good deed: told by whoever saw it or noted in one's own diary; how it moves on, and what of it may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.caps import start_of
from domain.households import Address
from domain.people import Person
from domain.refusals import Refusal
from domain.words import _

PRAISE, DIARY = "praise", "diary"
NAMED, NAMELESS, NO = "named", "nameless", "no"
"""What whoever did it answers when they are asked whether the neighbours may read it."""

MOST_A_DAY = 5
"""So many can be told or noted in a day; more would be a flood, not a habit."""


class Move(NamedTuple):
    """From any of these states to that one."""

    since: tuple[str, ...]
    to: str


MOVES: dict[str, Move] = {
    "confirm": Move(("reported",), "confirmed"),  # a supervisor knows of it, and points are posted
    "decline": Move(("reported",), "declined"),
    "mark": Move(("written",), "confirmed"),  # an entry of a diary is among the best
    "show": Move(("confirmed",), "shown"),  # whoever did it has said yes
    "keep": Move(("confirmed",), "kept"),  # they would rather not
    "take_down": Move(("shown",), "kept"),  # or not any more
    "withdraw": Move(("reported", "written"), "withdrawn"),
}
STATES = ("reported", "written", "confirmed", "declined", "shown", "kept", "withdrawn")

DONE = _("Good deed")
TOLD = _("Told of a good deed")
NOTED = _("Diary of good deeds")
MARKED = _("A good deed worth telling")
"""Why points were given, as a statement has it: nobody's name, and no word of what was told."""


@dataclass(frozen=True, slots=True)
class GoodDeed:
    """One deed as it stands."""

    id: int
    once: str
    kind: str
    unit: str
    about: str | None  # the kind of good deed, if the desk file tells several apart
    state: str
    reporter_id: int
    reporter_home: int | None  # the household they belonged to when they told us
    doer_id: int | None  # None: somebody of a household, or somebody who was only described
    doer_home: int | None
    described: str | None  # whom the reporter means, in their words; for whoever confirms it alone
    child: bool  # under fourteen: somebody of the household is asked in their stead
    wordless: bool  # may be told of, but not in these words
    consent: str | None
    asked: int  # how far up it was asked whether it was so
    next_at: datetime | None  # when it is asked again, further up
    decided_by: int | None
    made_at: datetime
    matched: int  # how often whoever is in charge has said who was meant

    @property
    def by_oneself(self) -> bool:
        return self.kind == DIARY

    @property
    def is_known(self) -> bool:
        """Does the desk know who did it, or at least of which household they are?"""
        return self.doer_id is not None or self.doer_home is not None


@dataclass(frozen=True, slots=True)
class NewDeed:
    """What somebody told us. Whoever did it: a person, an address, or words by which somebody may know them."""

    once: str
    unit: str
    about: str | None = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    doer_id: int | None = None
    at: Address | None = None
    described: str | None = None
    child: bool = False


def concerns(deed: GoodDeed, person: Person) -> bool:
    """Is it their own, or their household's? Nobody confirms that."""
    own = {deed.reporter_id, deed.doer_id}
    homes = {deed.reporter_home, deed.doer_home} - {None}
    return person.id in own or person.household_id in homes


def stays_at_home(deed: GoodDeed, reporter: Person, doer: Person | None) -> bool:
    """Did somebody praise their own household? That is nice to hear, and earns nothing."""
    told = {deed.reporter_home, reporter.household_id} - {None}
    did = {deed.doer_home, doer.household_id if doer else None} - {None}
    return bool(told & did) or deed.reporter_id == deed.doer_id


def week_start(now: datetime, zone: ZoneInfo) -> datetime:
    """Monday, midnight, where the neighbourhood is."""
    return start_of("week", now, zone)


# ── what the public may read ────────────────────────────────────────────────────────────────────────────────────────

_NUMBERS = re.compile(r"\w*\d[\d\-–—/]*\w*")
_PLACES = re.compile(r"[一二三四五六七八九十百零〇两\d]+\s*(?:号楼|号房|单元|幢|栋|棟|楼|室|号|弄|层|樓|層|室)")
LEFT_OUT = "…"
FITS = 300
"""Characters of a story that stand on a card."""


def readable(words: str, names: Iterable[str]) -> str:
    """The words without these names, and without numbers: a door, a telephone, a plate are nobody else's business."""
    clean = " ".join(words.split())
    for name in sorted({each.strip() for each in names if each and each.strip()}, key=len, reverse=True):
        clean = re.sub(_whole(name), LEFT_OUT, clean, flags=re.IGNORECASE)
    clean = _NUMBERS.sub(LEFT_OUT, _PLACES.sub(LEFT_OUT, clean))
    clean = re.sub(rf"{LEFT_OUT}(?:[\s,，、]*{LEFT_OUT})+", LEFT_OUT, clean)
    return clean if len(clean) <= FITS else f"{clean[:FITS].rstrip()}{LEFT_OUT}"


def _whole(name: str) -> str:
    """A name in letters is a whole word: “Al” is not in “also”. Chinese writes none of the gaps between."""
    escaped = re.escape(name)
    return rf"(?<!\w){escaped}(?!\w)" if name.isascii() else escaped


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


class EnoughToday(Refusal):
    text = _("So many good things in one day! I have noted these; please tell me the next one tomorrow.")
    final = True


class SeenAlready(Refusal):
    text = _("Somebody has answered this already. Thank you!")
    final = True


class SomebodyElseNamed(Refusal):
    text = _("Somebody has just said who it was. Please read it once more, and then tell me.")


class NobodyThere(Refusal):
    text = _("I know no household there. Please look once more, or choose another way.")


class TheirOwn(Refusal):
    text = _("That would be about you or your household, so somebody else has to answer this one.")
