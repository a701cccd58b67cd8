"""Teams: people who take orders together, their group chat, and what the desk needs in that group to work there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.values import quick
from domain.words import Text, _, lines

Joining = Literal["invited", "group"]
"""Who is a volunteer of the team: whoever was invited, or every member of its group as well."""

INVITED: Joining = "invited"
GROUP: Joining = "group"


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat the desk knows, and what the bot may do there."""

    chat_id: int
    title: str
    standing: str  # administrator, member, left
    may_pin: bool = False
    may_delete: bool = False
    topic_id: int | None = None  # the topic the desk writes in; None: the general one, or there are none


@quick
@dataclass(frozen=True, slots=True)
class Team:
    id: int
    key: str  # the name categories lead to
    unit: str
    title: str
    joining: str
    chat_id: int | None
    state: str  # waiting for its group, ready, removed
    standing: str | None = None  # the bot's in its group

    @property
    def is_reachable(self) -> bool:
        """Can orders be shown to it now? Without administrator's eyes the bot cannot see who has left the group."""
        return self.state == "ready" and self.chat_id is not None and self.standing == "administrator"


def to_mend(group: Group | None) -> Text | None:
    """What somebody has to change in the group so that the desk can work there; None: all is well."""
    if group is None or group.standing == "left":
        return _("I am not in the group. Please add me to it again.")
    if group.standing != "administrator":
        return _("Please make me an administrator of the group: group settings → Administrators → Add.")
    missing = [
        None if group.may_pin else _("Please allow me to pin messages: group settings → Administrators."),
        None if group.may_delete else _("Please allow me to delete messages: group settings → Administrators."),
    ]
    return None if group.may_pin and group.may_delete else lines(*missing)
