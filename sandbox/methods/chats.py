"""What the bot asks and decides about chats: who is in them, who must go, what is pinned, how to get in."""

from __future__ import annotations

import hashlib

from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.membership import PERMISSIONS, change_status, member_of
from sandbox.posting import check_present, find_chat, hear, present, put, reachable
from sandbox.world import IN_CHARGE, Chat, Json, World


def group_of(world: World, args: Arguments) -> Chat:
    chat = present(world, args)
    if chat.person is not None:
        raise bad("method is available for supergroup and channel chats only")
    return chat


def in_charge(world: World, chat: Chat, deed: str) -> None:
    if not world.bot_is_in_charge(chat):
        raise bad(f"not enough rights to {deed}")


def user_of(world: World, args: Arguments) -> int:
    user = args.integer("user_id")
    if not user:
        raise bad("invalid user_id specified")
    if user != world.bot.id and user not in world.people:
        raise bad("user not found")
    return user


def get_chat(world: World, args: Arguments) -> Json:
    chat = find_chat(world, args)
    if chat.person is None:
        check_present(world, chat)
    shown = {
        **chat.brief(),
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    if chat.person is None:
        shown["permissions"] = dict.fromkeys(PERMISSIONS, True)
        if chat.invite_link and world.bot_is_in_charge(chat):
            shown["invite_link"] = chat.invite_link
    if chat.pinned and (pinned := chat.standing(chat.pinned[-1])):
        shown["pinned_message"] = pinned.plain()
    return shown


def get_chat_member(world: World, args: Arguments) -> Json:
    user = user_of(world, args)
    chat = present(world, args)
    status = "member" if chat.person is not None and user in (chat.id, world.bot.id) else chat.status(user)
    return member_of(world, chat, user, status)


def get_chat_administrators(world: World, args: Arguments) -> list[Json]:
    chat = present(world, args)
    if chat.person is not None:
        raise bad("there are no administrators in the private chat")
    return [member_of(world, chat, user, status) for user, status in chat.members.items() if status in IN_CHARGE]


def get_chat_member_count(world: World, args: Arguments) -> int:
    chat = present(world, args)
    return 2 if chat.person is not None else sum(chat.has(user) for user in chat.members)


def ban_chat_member(world: World, args: Arguments) -> bool:
    chat, user = group_of(world, args), user_of(world, args)
    in_charge(world, chat, "restrict/unrestrict chat member")
    if user == world.bot.id:
        raise bad("can't restrict self")
    if chat.status(user) == "creator":
        raise bad("can't remove chat owner")
    if chat.status(user) == "administrator":
        raise bad("user is an administrator of the chat")
    change_status(world, chat, user, "kicked", by=world.bot.id)
    return True


def unban_chat_member(world: World, args: Arguments) -> bool:
    chat, user = group_of(world, args), user_of(world, args)
    in_charge(world, chat, "restrict/unrestrict chat member")
    if chat.status(user) in IN_CHARGE:
        raise bad(
            "can't remove chat owner" if chat.status(user) == "creator" else "user is an administrator of the chat"
        )
    banned = chat.status(user) == "kicked"
    # Without only_if_banned somebody who is in the group is put out of it, as in Telegram.
    if banned or (chat.has(user) and not args.flag("only_if_banned")):
        change_status(world, chat, user, "left", by=world.bot.id)
    return True


def leave_chat(world: World, args: Arguments) -> bool:
    chat = group_of(world, args)
    change_status(world, chat, world.bot.id, "left", by=world.bot.id)
    return True


def pin_chat_message(world: World, args: Arguments) -> bool:
    chat = reachable(world, args)
    if chat.person is None:
        in_charge(world, chat, "manage pinned messages in the chat")
    record = chat.standing(args.integer("message_id"))
    if record is None:
        raise bad("message to pin not found")
    if record.service:
        raise bad("message can't be pinned")
    if record.id in chat.pinned:
        return True
    chat.pinned.append(record.id)
    silent = args.flag("disable_notification")
    line = put(world, chat, world.bot_user(), {"pinned_message": record.plain()}, silent=silent, service=True)
    hear(world, chat, line)
    world.events.tell("groups", group=chat.card())
    return True


def unpin_chat_message(world: World, args: Arguments) -> bool:
    chat = reachable(world, args)
    if chat.person is None:
        in_charge(world, chat, "manage pinned messages in the chat")
    number = args.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    world.events.tell("groups", group=chat.card())
    return True


def unpin_all_chat_messages(world: World, args: Arguments) -> bool:
    chat = reachable(world, args)
    if chat.person is None:
        in_charge(world, chat, "manage pinned messages in the chat")
    chat.pinned.clear()
    world.events.tell("groups", group=chat.card())
    return True


def export_invite_link(world: World, args: Arguments) -> str:
    chat = group_of(world, args)
    in_charge(world, chat, "manage chat invite link")
    chat.invite_link = new_link(world, chat)
    return chat.invite_link


def create_invite_link(world: World, args: Arguments) -> Json:
    chat = group_of(world, args)
    in_charge(world, chat, "manage chat invite link")
    link: Json = {
        "invite_link": new_link(world, chat),
        "creator": world.bot_user(),
        "creates_join_request": args.flag("creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
    }
    for name in ("expire_date", "member_limit"):
        if name in args:
            link[name] = args.integer(name)
    if args.text("name"):
        link["name"] = args.text("name")
    return link


def new_link(world: World, chat: Chat) -> str:
    return "https://t.me/+" + hashlib.sha256(f"{chat.id} {world.next_tap()}".encode()).hexdigest()[:16]
