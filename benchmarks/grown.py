"""A desk's database after years: so many orders, all closed, with words, history, clocks, ladders and cards."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, text

from benchmarks.town import COMMUNITIES, VOLUNTEERS
from domain.words import plain, to_json

EACH = 20
"""Orders of one person."""

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count) "
LATELY = "strftime('%Y-%m-%d %H:%M:%S.000000', :now, '-1 day', '-' || (i % 400000) || ' seconds')"
"""What is let go of after a week or a month is not older."""
MADE = "strftime('%Y-%m-%d %H:%M:%S.000000', :now, '-1 day', '-' || ((:count - i) * 60) || ' seconds')"

PEOPLE = (
    "INSERT INTO people (id, name, language, unit, made_at)"
    f" SELECT :person + i, 'Ama ' || i, 'en', 'c1', {MADE} FROM n",
    "INSERT INTO contacts (telegram_id, person_id, reach, shown_name, language_code)"
    " SELECT 5000000 + i, :person + i, 'open', 'Ama', 'en' FROM n",
    f"INSERT INTO consents (person_id, version, at) SELECT :person + i, '1', {MADE} FROM n",
)
ORDERS = (
    "INSERT INTO orders (id, once, reference, category, unit, team_id, state, version, asked_by, requester_id, place,"
    " wanted, holder_id, claimed_at, door_word, resolved_at, closed_at, made_at)"
    f" SELECT 1 + i, 'grown' || i, 'G' || i, 'errand', 'c' || (i % {COMMUNITIES}), 1 + i % {COMMUNITIES}, 'closed', 5,"
    f" :person + i % (:count / {EACH}), :person + i % (:count / {EACH}), 'Linden 01, room ' || i, :wanted,"
    f" 3 + i % {COMMUNITIES * VOLUNTEERS}, {MADE}, 7, {MADE}, {MADE}, {MADE} FROM n",
    "INSERT INTO order_parts (order_id, person_id, stage, kind, words, at)"
    f" SELECT 1 + i, :person + i % (:count / {EACH}), 'story', 'text', 'No rice at home', {MADE} FROM n",
    f"INSERT INTO order_history (order_id, what, person_id, at) SELECT 1 + i, 'offer', NULL, {MADE} FROM n",
    "INSERT INTO order_history (order_id, what, person_id, at)"
    f" SELECT 1 + i, 'claim', 3 + i % {COMMUNITIES * VOLUNTEERS}, {MADE} FROM n",
    f"INSERT INTO deadlines (order_id, metric, due_at, met_at) SELECT 1 + i, 'first_response', {MADE}, {MADE} FROM n",
    "INSERT INTO escalation_runs (order_id, ladder, position, state, started_at)"
    f" SELECT 1 + i, '{{}}', 1, 'met', {MADE} FROM n",
    "INSERT INTO cards (subject, subject_id, chat_id, message_id, face, at)"
    f" SELECT 'order', 1 + i, -1001000000000 - i % {COMMUNITIES}, 10000000 + i, 'face', {MADE} FROM n",
    f"INSERT INTO ratings (order_id, speed, quality, at) SELECT 1 + i, 5, 5, {MADE} FROM n",
    "INSERT INTO outbox (chat_id, lane, kind, rule, state, message_id, made_at, done_at)"
    f" SELECT 5000000 + i % (:count / {EACH}), 1, 'line', 'receipt', 'sent', 20000000 + i, {LATELY}, {LATELY} FROM n",
    f"INSERT INTO inbox (update_id, sender, state, at) SELECT -1 - i, 5000000 + i % 100, 'done', {LATELY} FROM n",
)


def grow(conn: Connection, count: int, now: datetime) -> None:
    """In a few large statements; SQLite only."""
    first = 1 + conn.execute(text("SELECT max(id) FROM people")).scalar_one()
    given = {"person": first, "now": now.strftime("%Y-%m-%d %H:%M:%S"), "wanted": json.dumps(to_json(plain("today")))}
    for statements, rows in ((PEOPLE, count // EACH), (ORDERS, count)):
        for statement in statements:
            into, _select, rest = statement.partition(" SELECT ")
            conn.execute(text(f"{into} {NUMBERS} SELECT {rest}"), {**given, "count": rows})
