"""Nobody is named in a group without a yes; one board for each place and period, and one picture of it a group."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from storage.tables import audit_log, board_choices, cards, honour_boards, honours, people
from tests.simulator.invariants.cards import has_arrived, reaches
from tests.simulator.play import Play
from tests.simulator.step import Invariant

HEAD, UNNAMED, THANKS = "🏅 Honour board · ", "that stay", "Your neighbours thank you!"


def pictures(play: Play) -> list[tuple[int, Any, list[str]]]:
    """Every board that stands in a group: the chat, the message, and the lines of its caption."""
    found = []
    for chat_id, chat in play.town.world.chats.items():
        for record in chat.messages.values() if chat_id < 0 else ():
            lines = str(record.body.get("caption") or "").splitlines()
            if record.from_bot and not record.deleted and not record.frozen and lines and lines[0].startswith(HEAD):
                found.append((chat_id, record, lines))
    return found


def named_after_a_yes(play: Play) -> list[str]:
    """No more names on a picture than households whose last word was yes, and who live there and hide from nobody."""
    wrong = []
    with play.town.reading.connect() as conn:
        for card in conn.execute(select(cards).where(cards.c.subject == "honours", cards.c.chat_id < 0)):
            standing = [each for each in pictures(play) if (each[0], each[1].id) == (card.chat_id, card.message_id)]
            if not standing or not has_arrived(conn, card) or not reaches(play, card.chat_id):
                continue
            [(_chat, _record, lines)] = standing
            names = [line for line in lines[1:] if UNNAMED not in line and line != THANKS]
            yes = last_words(conn, card.subject_id)
            if len(names) > yes:
                wrong.append(f"board {card.subject_id} names {names}, and {yes} have said yes")
    return wrong


def last_words(conn: Any, board_id: int) -> int:
    """How many households of it would be named, by what was said and not by what is shown."""
    said: dict[int, tuple[str, int]] = {}
    answers = select(audit_log).where(audit_log.c.what.in_(("honour_yes", "honour_no"))).order_by(audit_log.c.id)
    for row in conn.execute(answers):
        if row.about["board"] == board_id:
            said[row.about["household"]] = (row.what, row.person_id)
    homes = {row.id: row.household_id for row in conn.execute(select(people.c.id, people.c.household_id))}
    hidden = set(conn.scalars(select(board_choices.c.household_id).where(board_choices.c.hidden_at.is_not(None))))
    out = set(
        conn.scalars(select(honours.c.household_id).where(honours.c.board_id == board_id, honours.c.left_out.is_(True)))
    )
    return sum(
        what == "honour_yes" and homes.get(person) == household and household not in hidden | out
        for household, (what, person) in said.items()
    )


def one_board_and_one_picture(play: Play) -> list[str]:
    with play.town.reading.connect() as conn:
        place = (honour_boards.c.unit, honour_boards.c.period)
        twice = conn.execute(select(*place).group_by(*place).having(func.count() > 1)).all()
        published = conn.scalar(select(func.count()).where(honour_boards.c.state == "published"))
    seen = Counter((chat_id, lines[0]) for chat_id, _record, lines in pictures(play))
    play.counts["boards that are out"] = int(published or 0)
    return [f"{row.unit} has two boards of {row.period}" for row in twice] + [
        f"{head} stands {count} times in {chat_id}" for (chat_id, head), count in seen.items() if count > 1
    ]


INVARIANTS = [
    Invariant("nobody is named without a yes", named_after_a_yes, every=False),
    Invariant("one board, and one picture of it a group", one_board_and_one_picture),
]
