"""What a household has, and how every point of it came about: a page at a time, or as a file to keep."""

from __future__ import annotations

from desk.diary import page_fact
from desk.front import CardRefresh, Desk
from desk.points import NoHousehold
from domain.people import Person
from domain.points import Statement
from domain.refusals import NotFound
from storage import points, statements
from storage.messages import get_fact, set_fact

CARD, FILE = "statement", "statement_file"
A_PAGE = 8
IN_A_FILE = 2000
"""Lines of a file; who has more gets the latest."""


def statement(desk: Desk, person: Person, page: int = 0, most: int = A_PAGE) -> Statement:
    """One page of what the person's household has earned and spent, newest first."""
    if person.household_id is None:
        raise NoHousehold
    head = statements.head_of(desk.conn, person.household_id)
    pages = max(1, -(-head.lines // most))
    page = min(max(page, 0), pages - 1)
    available = points.balance_of(desk.conn, person.household_id)
    held = points.balance_of(desk.conn, person.household_id, "hold")
    entries = statements.lines_of(desk.conn, head, page * most, most)
    return Statement(available + held, available, entries, page, pages, mark_of(head.link))


def mark_of(link: bytes | None) -> str:
    """The beginning of the last link, as somebody can compare it."""
    digits = link.hex()[:16].upper() if link is not None else ""
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def show(desk: Desk, person: Person, page: int, *, anew: bool) -> None:
    """Another page on the same card, or a card of its own at the bottom of the chat."""
    if statement(desk, person, page).page != page:
        raise NotFound
    set_fact(desk.conn, page_fact(CARD, person.id), str(page))
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id, anew=anew))


def shown(desk: Desk, person: Person) -> Statement:
    """The page this person looks at."""
    return statement(desk, person, int(get_fact(desk.conn, page_fact(CARD, person.id)) or 0))


def send_file(desk: Desk, person: Person) -> None:
    if person.household_id is None:
        raise NoHousehold
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, FILE, person.id, anew=True))
