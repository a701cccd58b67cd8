"""Words of a request that is not sent yet, edited where they were written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.flows.talking import current, show_screen
from desk.front import Desk
from desk.talks import keep_talk
from domain.people import Person


def reword(desk: Desk, person: Person, message_id: int, words: str) -> bool:
    """Words of a request that is not sent yet were edited, perhaps of one that is put aside. True: it was these.

    What is shown of them changes where it stands; of something confidential nothing is shown anew.
    """
    found = current(desk, person)
    if found is None:
        return False
    talk, flow = found
    progress = flow.progress.as_json()
    if not _reworded(progress, message_id, words):
        return False
    keep_talk(desk, person.id, replace(talk, progress=progress))
    if not talk.sealed:
        show_screen(desk, person, anew=False)
    return True


def _reworded(progress: dict[str, Any], message_id: int, words: str) -> bool:
    answers = progress["answers"]
    collected = [stored["parts"] for stored in answers.values() if isinstance(stored, dict) and "parts" in stored]
    for part in [part for parts in [*collected, answers.get("pieces", [])] for part in parts]:
        if part.get("message_id") == message_id:
            part["words"] = words
            return True
    aside = progress["suspended"]
    return aside is not None and _reworded(aside["progress"], message_id, words)
