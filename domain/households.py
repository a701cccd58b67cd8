"""A household: people who live together. Found by unit, building and room, however somebody writes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from domain.refusals import Refusal
from domain.words import Named, Text, _, in_language, plain

LONGEST = 40
CODE_LENGTH = 8

_BUILDING = re.compile(r"(?:building|bldg\.?|no\.?)?\s*(.*?)\s*(?:号楼|幢|栋|棟|楼)?", re.IGNORECASE)
_ROOM = re.compile(r"(?:room|flat|apartment|apt\.?|no\.?)?\s*(.*?)\s*(?:号房|室|号)?", re.IGNORECASE)
_SIGNS = re.compile(r"[\w\s.,'’()&/#·-]+")
"""What may stand in a building or a room: nothing that a spreadsheet could take for a formula."""
_BEGINS = re.compile(r"\w")
_NUMBER = re.compile(r"[A-Z]?[0-9]+[A-Z]?(?:-[0-9A-Z]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a household is: the key by which it is found again, so that the same one is never made twice."""

    unit: str
    building: str
    room: str = ""


class NoBuilding(Refusal):
    text = _("I need the building: a number such as 3, or a name, in at most 40 letters.")


class NoRoom(Refusal):
    text = _("I need the room: a number such as 201, in at most 40 letters.")


def building_of(words: str) -> str:
    """A building as it is kept: 3, whether somebody writes 3幢, 3 号楼 or Building 3."""
    kept = _bare(words, _BUILDING)
    if kept is None or not kept:
        raise NoBuilding
    return kept


def room_of(words: str) -> str:
    """A room as it is kept; a house may have none."""
    kept = _bare(words, _ROOM)
    if kept is None:
        raise NoRoom
    return kept


def _bare(words: str, pattern: re.Pattern[str]) -> str | None:
    """A number without the word for what it is, other words as they are; None for what cannot stand in an address."""
    clean = " ".join(unicodedata.normalize("NFKC", words).split())
    if not clean:
        return ""
    if len(clean) > LONGEST or not _SIGNS.fullmatch(clean) or not _BEGINS.match(clean):
        return None
    found = pattern.fullmatch(clean)
    bare = re.sub(r"\.0+$", "", found[1]) if found else ""  # 3.0 is a spreadsheet's idea of a number
    return bare.upper() if _NUMBER.fullmatch(bare) else clean


def where(address: Address, unit: Named) -> Text:
    """The address in the reader's language."""
    building = _("building {number}")(number=address.building) if _is_number(address.building) else None
    room = _("room {number}")(number=address.room) if _is_number(address.room) else None
    filled = {"unit": unit, "building": building or plain(address.building), "room": room or plain(address.room)}
    return (_("{unit}, {building}, {room}") if address.room else _("{unit}, {building}"))(**filled)


def written(address: Address, unit: Named, language: str) -> str:
    """The address as it is written down, in the desk's first language."""
    name = in_language(unit, language)
    chinese = language.startswith("zh")
    building, room = address.building, address.room
    if _is_number(building):
        building = f"{building}幢" if chinese else f"building {building}"
    if _is_number(room):
        room = f"{room}室" if chinese else f"room {room}"
    return (" " if chinese else ", ").join(each for each in (name, building, room) if each)


def _is_number(words: str) -> bool:
    return bool(_NUMBER.fullmatch(words))


def grouped(code: str) -> str:
    """A join code as it is printed and read out: 7K2M-9QXD."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


class WrongCode(Refusal):
    text = _("I know no household with this code. Please look at the card again; it has eight letters and digits.")


class TooManyTries(Refusal):
    text = _("That was not right several times. Please wait ten minutes, or ask the community worker for a new card.")


class InHousehold(Refusal):
    text = _("You belong to the household at {address}. Leave it first: /household")


class NoHousehold(Refusal):
    text = _("You are not in a household. /household shows how to join one.")


class WaitsAlready(Refusal):
    text = _("You have asked already. I'll tell you as soon as somebody has answered.")


class DeclinedLately(Refusal):
    text = _("I have asked there for you lately, and the answer was no. The community worker can help you further.")


class AnsweredAlready(Refusal):
    text = _("{name} has answered this already. Thank you!")
