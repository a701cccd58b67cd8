"""Who is in a group, and who is told when that changes."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Unclear
from sandbox.posting import hear, put
from sandbox.world import IN_CHARGE, IN_GROUP, Chat, Json, Person, World

STATUSES = frozenset({"creator", "administrator", "member", "restricted", "left", "kicked"})
RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_send_welcome_messages",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
]
PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
]


def member_of(world: World, chat: Chat, user: int, status: str) -> Json:
    """One member as the Bot API shows them."""
    shown: Json = {"user": world.user(user), "status": status}
    if status == "creator":
        shown["is_anonymous"] = False
    elif status == "administrator":
        shown |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(RIGHTS, True)
        shown["can_promote_members"] = False
        if chat.type == "supergroup":
            shown["can_manage_topics"] = True
    elif status == "restricted":
        shown |= {"is_member": True, "until_date": 0} | dict.fromkeys(PERMISSIONS, False)
    elif status == "kicked":
        shown["until_date"] = 0
    return shown


def actor_for(world: World, chat: Chat, user: int, status: str) -> int:
    """Whoever is likely to have done it: people come and go by themselves, the rest is the owner's work."""
    person_moves = user != world.bot.id and status in ("member", "left")
    if person_moves:
        return user
    for other, held in chat.members.items():
        if held in IN_CHARGE and other not in (user, world.bot.id):
            return other
    for other in chat.members:
        if other not in (user, world.bot.id):
            return other
    if user == world.bot.id:
        return next(iter(world.people), user)
    return user


def change_status(
    world: World, chat: Chat, user: int, status: str, *, by: int | None = None, announced: bool = True
) -> None:
    """1. the member list  2. the update (my_chat_member, chat_member)  3. the line in the chat  4. the phones."""
    if status not in STATUSES:
        raise Unclear(f"A member is one of {', '.join(sorted(STATUSES))}, not {status!r}.")
    if user != world.bot.id:
        world.person(user)
    before = chat.status(user)
    if before == status:
        return
    by = actor_for(world, chat, user, status) if by is None else by
    chat.members[user] = status
    change: Json = {
        "chat": chat.brief(),
        "from": world.user(by),
        "date": world.stamp(),
        "old_chat_member": member_of(world, chat, user, before),
        "new_chat_member": member_of(world, chat, user, status),
    }
    if user == world.bot.id:
        world.updates.add("my_chat_member", change)
    elif world.bot_is_in_charge(chat):
        world.updates.add("chat_member", change)
    came = before not in IN_GROUP and status in IN_GROUP
    gone = before in IN_GROUP and status not in IN_GROUP
    if announced and (came or gone):
        who = world.user(user)
        line: Json = {"new_chat_members": [who]} if came else {"left_chat_member": who}
        record = put(world, chat, world.user(by), line, service=True)
        if by != world.bot.id or gone:
            hear(world, chat, record)
    world.events.tell("groups", group=chat.card())


def change_block(world: World, person: Person, blocked: bool) -> None:
    """A person blocks the bot, or takes it back: the bot hears of both."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    change: dict[str, Any] = {
        "chat": person.brief(),
        "from": person.user(),
        "date": world.stamp(),
        "old_chat_member": member_of(world, world.chats[person.id], world.bot.id, before),
        "new_chat_member": member_of(world, world.chats[person.id], world.bot.id, after),
    }
    world.updates.add("my_chat_member", change)
    world.events.tell("people", person=person.card())
