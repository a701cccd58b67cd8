"""Every table of the desk. Instants are UTC, points are integers, states are words of the language page.

Nothing here judges: rules stand in `domain/`, and the moves that compete are conditional updates in the sibling files.
"""

from storage.tables.base import Instant, among, metadata
from storage.tables.boards import board_choices, standing_counts, standings
from storage.tables.cases import access_log, case_grants, case_traces, cases
from storage.tables.clocks import alerts, deadlines, echoes, escalation_runs, pauses
from storage.tables.co_volunteers import co_volunteers
from storage.tables.good_deeds import good_deed_history, good_deed_parts, good_deeds
from storage.tables.honours import honour_boards, honours
from storage.tables.households import household_cards, household_changes, moved_out
from storage.tables.market import awaited, items, merchants, presentations, redemptions, stations, stock_moves
from storage.tables.messages import audit_log, cards, inbox, leases, outbox, state, talks
from storage.tables.orders import ORDER_STATES, order_history, order_parts, orders, ratings
from storage.tables.people import (
    applications,
    consents,
    contacts,
    group_members,
    groups,
    households,
    invitations,
    people,
    roles,
    teams,
)
from storage.tables.pictures import pictures
from storage.tables.points import accounts, earned_with, hand_awards, postings, standards, transfer_notes, transfers
from storage.tables.posters import posters
from storage.tables.problems import problem_followers, problem_history, problem_notes, problems
from storage.tables.reports import followers, reports

__all__ = [
    "ORDER_STATES",
    "Instant",
    "access_log",
    "accounts",
    "alerts",
    "among",
    "applications",
    "audit_log",
    "awaited",
    "board_choices",
    "cards",
    "case_grants",
    "case_traces",
    "cases",
    "co_volunteers",
    "consents",
    "contacts",
    "deadlines",
    "earned_with",
    "echoes",
    "escalation_runs",
    "followers",
    "good_deed_history",
    "good_deed_parts",
    "good_deeds",
    "group_members",
    "groups",
    "hand_awards",
    "honour_boards",
    "honours",
    "household_cards",
    "household_changes",
    "households",
    "inbox",
    "invitations",
    "items",
    "leases",
    "merchants",
    "metadata",
    "moved_out",
    "order_history",
    "order_parts",
    "orders",
    "outbox",
    "pauses",
    "people",
    "pictures",
    "posters",
    "postings",
    "presentations",
    "problem_followers",
    "problem_history",
    "problem_notes",
    "problems",
    "ratings",
    "redemptions",
    "reports",
    "roles",
    "standards",
    "standing_counts",
    "standings",
    "state",
    "stations",
    "stock_moves",
    "talks",
    "teams",
    "transfer_notes",
    "transfers",
]
