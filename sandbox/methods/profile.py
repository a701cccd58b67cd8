"""Who the bot is: its name, its commands, what it says of itself, and the files it may fetch again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.files import MOST_DOWNLOAD
from sandbox.world import Json, World

COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
LANGUAGE = re.compile(r"([a-z]{2})?$")
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def get_me(world: World, args: Arguments) -> Json:
    return {
        **world.bot_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": world.hears_everything,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def scope_key(args: Arguments) -> tuple[str, ...]:
    """For whom and in which language a list of commands holds."""
    scope = args.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if any(name not in scope for name in SCOPES[kind]):
        raise bad(f"can't parse BotCommandScope: {SCOPES[kind][0]} is not specified")
    language = args.text("language_code")
    if not LANGUAGE.match(language):
        raise bad("invalid language code specified")
    return ("commands", kind, *(str(scope[name]) for name in SCOPES[kind]), language)


def set_commands(world: World, args: Arguments) -> bool:
    commands = args.things("commands")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for one in commands:
        if not isinstance(one, dict):
            raise bad("can't parse BotCommand: expected an Object")
        name = str(one.get("command", "")).lstrip("/")
        if not COMMAND.match(name):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": str(one["description"])})
    world.profile[str(scope_key(args))] = kept
    world.events.tell("commands", commands=shown_commands(world))
    return True


def get_commands(world: World, args: Arguments) -> list[Any]:
    found: list[Any] = world.profile.get(str(scope_key(args)), [])
    return found


def shown_commands(world: World) -> list[Any]:
    """What a person finds in the menu of their private chat, in no special language."""
    for kind in ("all_private_chats", "default"):
        if found := world.profile.get(str(("commands", kind, ""))):
            return list(found)
    return []


def delete_commands(world: World, args: Arguments) -> bool:
    world.profile.pop(str(scope_key(args)), None)
    return True


def setter(name: str, limit: int) -> Callable[[World, Arguments], bool]:
    def set_words(world: World, args: Arguments) -> bool:
        words = args.text(name)
        if len(words) > limit:
            raise bad(f"{name} is too long")
        world.profile[f"{name}:{args.text('language_code')}"] = words
        return True

    return set_words


def getter(name: str, default: Callable[[World], str]) -> Callable[[World, Arguments], Json]:
    def get_words(world: World, args: Arguments) -> Json:
        own = world.profile.get(f"{name}:{args.text('language_code')}") or world.profile.get(f"{name}:")
        return {name: own or default(world)}

    return get_words


def set_menu_button(world: World, args: Arguments) -> bool:
    world.profile[f"menu:{args.text('chat_id')}"] = args.object("menu_button") or {"type": "default"}
    return True


def get_menu_button(world: World, args: Arguments) -> Json:
    own = world.profile.get(f"menu:{args.text('chat_id')}") or world.profile.get("menu:")
    return own or {"type": "default"}


def get_file(world: World, args: Arguments) -> Json:
    stored = world.files.by_id.get(args.text("file_id"))
    if stored is None:
        raise bad("invalid file_id" if args.text("file_id") else "file_id not specified")
    if len(stored.data) > MOST_DOWNLOAD:
        raise bad("file is too big")
    return {**stored.fact(), "file_path": stored.path}


def get_user_profile_photos(world: World, args: Arguments) -> Json:
    if args.integer("user_id") not in world.people and args.integer("user_id") != world.bot.id:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}
