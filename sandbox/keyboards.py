"""Buttons: which a bot may put under a message, and which one a finger finds there."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import Unclear, bad

URL = re.compile(r"(https?://|tg://|ton://|tonsite://)?[^\s/]+\S*$", re.I)
# A button does exactly one thing.
INLINE_DEEDS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]
MOST_BUTTONS = 100


def check_markup(markup: Any) -> dict[str, Any] | None:
    """The reply markup as it will stand, or None for none; refuses what Telegram refuses."""
    if markup is None or markup == "" or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def check_inline(markup: Any) -> dict[str, Any] | None:
    """For edits, which know inline keyboards alone."""
    checked = check_markup(markup)
    if checked is not None and "inline_keyboard" not in checked:
        raise bad("inline keyboard expected")
    return checked


def _inline(rows: Any) -> dict[str, Any] | None:
    kept = []
    count = 0
    for row in _rows(rows):
        buttons = [_inline_button(button) for button in row]
        count += len(buttons)
        if buttons:
            kept.append(buttons)
    if count > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad("can't parse inline keyboard: field must be of type Array of Arrays")
    return rows


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text") or "").strip():
        raise bad("can't parse inline keyboard button: button text must be non-empty")
    deeds = [deed for deed in INLINE_DEEDS if button.get(deed) is not None]
    if not deeds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in deeds and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in deeds and not _good_url(str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return {key: value for key, value in button.items() if value is not None}


def _good_url(url: str) -> bool:
    if url.lower().startswith(("tg://", "ton://", "tonsite://")):
        return True
    host = re.sub(r"^https?://", "", url, flags=re.I)
    return "://" not in host and bool(URL.match(url)) and "." in host.split("/")[0].split("?")[0]


def _reply(markup: dict[str, Any]) -> dict[str, Any] | None:
    rows = []
    for row in _rows(markup["keyboard"]):
        if any(not isinstance(button, (str, dict)) for button in row):
            raise bad("can't parse keyboard button: expected an Object or a String")
        buttons = [{"text": button} if isinstance(button, str) else dict(button) for button in row]
        if any(not str(button.get("text") or "").strip() for button in buttons):
            raise bad("can't parse keyboard button: button text must be non-empty")
        if buttons:
            rows.append(buttons)
    return {**markup, "keyboard": rows} if rows else None


def find_button(markup: dict[str, Any] | None, where: dict[str, Any]) -> dict[str, Any]:
    """The button a person presses, by its label or its place; only one that stands there can be pressed."""
    rows: list[list[dict[str, Any]]] = []
    if markup:
        rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    if "label" in where:
        for row in rows:
            for button in row:
                if button["text"] == where["label"]:
                    return button
        standing = ", ".join(button["text"] for row in rows for button in row) or "none"
        raise Unclear(f"No button “{where['label']}” stands on that message (there: {standing}).")
    try:
        row_at, col_at = int(where.get("row", 0)), int(where.get("col", 0))
        if row_at < 0 or col_at < 0:
            raise IndexError
        return rows[row_at][col_at]
    except (IndexError, TypeError, ValueError):
        raise Unclear("No button stands at that place of that message.") from None
