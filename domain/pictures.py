"""What of somebody's pictures and recordings the desk keeps a copy of, how large, how many, and how often it tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.words import Text, _

MIB = 1 << 20
MOST_BYTES = 20 * MIB
"""Telegram hands a bot no file that is larger."""
MOST_PIXELS = 50_000_000
"""What a good phone takes; a picture that says it has more is not unpacked."""
LONGEST_EDGE = 2048
MOST_AT_ONCE = 20
"""Of one story, or of what shows that something is done."""
MOST_A_DAY = 60
MOST_BYTES_A_DAY = 200 * MIB
DAY = timedelta(days=1)

KINDS = ("photo", "document", "video", "voice")
WANTED, KEPT, REFUSED, GONE = "wanted", "kept", "refused", "gone"

KEPT_FOR = timedelta(days=365)
"""What was sent with a report or shows that something is done; what else has a picture says itself when it goes."""

DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (120, 120, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 12 * 3600)
)
"""After so many tries, so long until the next; then nobody tries any more. An outage of a day and a half is outlasted.

The first is longer than one try may take, so that nobody begins another beside it.
"""
ONE_TRY = timedelta(seconds=100)
SAID_AGAIN = timedelta(minutes=10)
"""Why something was not kept is not said twice within this time."""

WHY = {
    "no_picture": _(
        "One of the files you sent is not a picture or recording that I can open, so I have not kept it. If it is a "
        "picture, please send it once more, as a photo."
    ),
    "damaged": _("One of the pictures you sent has arrived damaged, and I can't open it. Please send it once more."),
    "too_wide": _(
        "One of the pictures you sent has more points than I can open. Please send it once more, as a photo and not as "
        "a file."
    ),
    "too_large": _(
        "One of your files is larger than 20 MB, and I can't fetch it. Please send a shorter or smaller one."
    ),
    "too_many": _(
        "That is more than I can keep at once, so I have kept the first ones only. The words all stand; if one of the "
        "others matters, please send it tomorrow."
    ),
    "not_there": _("One of the files you sent could not be fetched from Telegram. Please send it once more."),
}
"""Why a copy is not kept, in words for whoever sent it."""

NOT_WHAT_IT_SEEMS = ("no_picture", "damaged", "too_wide")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or a recording that somebody sent, and the copy of it that the desk keeps."""

    id: int
    person_id: int | None
    subject: str
    subject_id: int
    kind: str  # what it was sent as
    file_id: str | None  # as Telegram named it when it came
    shown_id: str | None  # as Telegram names our copy, once it has been sent
    state: str
    why: str | None
    name: str
    sha256: str | None
    bytes: int | None
    width: int | None
    height: int | None
    tries: int
    wanted_at: datetime
    due_at: datetime | None

    @property
    def is_kept(self) -> bool:
        return self.state == KEPT

    @property
    def shown_as(self) -> str:
        """What it is when it is sent from here: a picture is one, whatever it came as."""
        if self.is_kept and self.kind != "voice":
            return "photo" if self.width is not None else "video"
        return "photo" if self.kind == "document" else self.kind

    @property
    def is_withheld(self) -> bool:
        """It was looked at and is not what it seems, or nobody has looked and it may hold more than is seen."""
        if self.state == REFUSED:
            return self.why in NOT_WHAT_IT_SEEMS or self.kind == "document"
        return self.state == GONE

    @property
    def known_as(self) -> str | None:
        """By what Telegram may show it: a file holds more than is seen, so of one only our copy is shown."""
        return self.shown_id or (self.file_id if self.kind != "document" else None)


def next_try(tries: int) -> timedelta | None:
    """How long after so many tries the next may begin; None: there is none."""
    return DELAYS[tries - 1] if tries <= len(DELAYS) else None


def check_room(count: int, size: int) -> bool:
    """May somebody who has sent so many pictures of so many bytes within a day send one more?"""
    return count < MOST_A_DAY and size < MOST_BYTES_A_DAY


def why_not(why: str) -> Text:
    return WHY.get(why, WHY["no_picture"])
