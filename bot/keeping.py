"""What an operator does so that nothing is lost when a disk is: take a backup, and put one back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.operating import Stopped, out, reader, settings_or_stop
from bot.settings import Settings
from domain.words import _
from storage import backup
from storage.backup import BadBackup
from storage.lock import AnotherIsRunning

FILES = "files"
KEY_APART = _(
    "The key that opens what is confidential is not in it. Keep {key}, or LINLI_KEY, somewhere else: without it those"
    " words stay closed."
)


def take_backup(language: str, file: Path) -> None:
    """Safe while the desk runs."""
    settings, say = settings_or_stop(), reader(language)
    try:
        note = backup.back_up(settings.database, settings.data / FILES, file.absolute(), datetime.now(UTC))
    except (BadBackup, OSError) as found:
        raise Stopped(str(found)) from None
    said = _(
        "{file} holds everything up to now. People: {people}. Requests: {orders}. Pictures and recordings: {files}."
    )
    rows = note["rows"]
    out(say.label(said(file=str(file), people=rows["people"], orders=rows["orders"], files=note["files"])))
    out(say.label(KEY_APART(key=_key_of(settings))))


def restore_backup(language: str, file: Path) -> None:
    """Only where there is nothing yet, and while no desk runs there."""
    settings, say = settings_or_stop(), reader(language)
    try:
        note = backup.restore(settings.database, settings.data / FILES, file)
    except (BadBackup, AnotherIsRunning, OSError) as found:
        raise Stopped(str(found)) from None
    said = _("Everything of {made_at} stands again. `linli audit` proves the ledger, `linli run` opens the desk.")
    out(say.label(said(made_at=datetime.fromisoformat(note["made_at"]))))
    out(say.label(KEY_APART(key=_key_of(settings))))


def _key_of(settings: Settings) -> str:
    return str(settings.data / "key")
