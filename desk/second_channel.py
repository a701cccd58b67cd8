"""Alerts that Telegram has not had in time go another way: to a mailbox of the place, to a program of the officers'.

1. An alert that is still needed and not delivered when its time is over is handed over, once (`sweep_undelivered`).
2. Everything that is due at one address is taken together, looked at once more, and goes as one letter (`take_wave`).
3. Sending is a job after the commit; how it ended is noted in a transaction of its own (`note_sent`, `note_failed`).

A letter says that somebody waits, since when and roughly where. It holds no name, address or word of anybody's; of what
is discreet not even what it is about, and of what was told in confidence nothing at all. What is kept from a person who
reads a mailbox does not go there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from desk.alerts import Matter, kept_from, matter_of
from desk.due import do_alone, later
from desk.front import Desk
from domain.orders import Order
from domain.people import is_officer, supervises
from domain.places import path_up
from domain.second_channel import MAIL, WEBHOOK, SecondChannel
from domain.words import Named
from storage import echoes
from storage.alerts import HELP
from storage.cases import find_case
from storage.echoes import Called, Echo
from storage.escalation import get_runs
from storage.people import get_person, holders_of, roles_of

PAUSE = timedelta(minutes=5)
"""Between two letters to one address: what comes up meanwhile is said in one."""
ANSWERED_WITHIN = timedelta(minutes=5)
"""Longer than any sending takes. What nobody has heard the end of by then is sent again, and says that it may be so."""
GIVEN_UP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """One alert, as far as it may leave the desk. Of what was told in confidence there is only this: it waits."""

    alert_id: int
    called_at: datetime
    repeat: bool  # it may have been heard already, this way or on Telegram
    order: Order | None = None
    place: Named | None = None
    category: Named | None = None
    helping: bool = False  # whoever has it asks for help


@dataclass(frozen=True, slots=True)
class Wave:
    """What goes to one address now."""

    way: str
    address: str
    language: str
    said: tuple[Said, ...]
    echoes: tuple[Echo, ...]
    until: datetime  # when nobody counts on an answer any more


def sweep_undelivered(desk: Desk) -> bool:
    """Hand over the alert that has waited longest for Telegram. False: none has waited too long."""
    called = echoes.next_undelivered(desk.conn, desk.now)
    if called is None:
        return False
    if not do_alone(desk, partial(_hand_over, desk, called), alert=called.id):
        echoes.hand_over(desk.conn, called, put_off=later(desk, 0))
    return True


def _hand_over(desk: Desk, called: Called) -> None:
    matter = _matter(desk, called)
    if not echoes.hand_over(desk.conn, called) or not _still_goes(desk, matter, called):
        return
    for way, address in _routes(desk, matter, called):
        last = echoes.last_sent(desk.conn, way, address)
        next_at = max(desk.now, last + PAUSE) if last is not None else desk.now
        echoes.add_echo(desk.conn, desk.now, called.id, way, address, next_at)


def take_wave(desk: Desk) -> Wave | None:
    """All that is due at one address; nothing of it, if nothing needs to be said any more. None: nothing is due."""
    due = echoes.next_address(desk.conn, desk.now)
    if due is None:
        return None
    until = desk.now + ANSWERED_WITHIN
    goes: list[tuple[Echo, Said, str]] = []
    for echo in echoes.take(desk.conn, *due, desk.now, until):
        if not do_alone(desk, partial(_look_again, desk, due, echo, until, goes), echo=echo.id):
            again = {"state": "waiting", "next_at": later(desk, echo.tries), "reason": "a fault of ours"}
            echoes.settle(desk.conn, [echo.id], until, **again)
    languages = {language for _echo, _said, language in goes}
    language = languages.pop() if len(languages) == 1 else desk.file.default_language
    said = _once_each([said for _echo, said, _language in goes])
    return Wave(*due, language, said, tuple(echo for echo, _said, _language in goes), until)


def _look_again(
    desk: Desk, due: tuple[str, str], echo: Echo, until: datetime, goes: list[tuple[Echo, Said, str]]
) -> None:
    """It goes with the others, or it has ended."""
    called = echoes.get_called(desk.conn, echo.alert_id)
    matter = _matter(desk, called)
    needed = _still_goes(desk, matter, called) and due in _routes(desk, matter, called)
    if not needed or desk.now - echo.made_at > GIVEN_UP:
        state = "dead" if needed else "ended"
        echoes.settle(desk.conn, [echo.id], until, state=state, next_at=None, done_at=desk.now)
        return
    language = get_person(desk.conn, called.person_id).language or desk.file.default_language
    goes.append((echo, _said(desk, matter, called, echo), language))


def note_sent(desk: Desk, wave: Wave) -> None:
    ids = [echo.id for echo in wave.echoes]
    echoes.settle(desk.conn, ids, wave.until, state="sent", next_at=None, done_at=desk.now, reason=None)


def note_failed(desk: Desk, wave: Wave, why: str, *, uncertain: bool) -> None:
    """Again later, and later still; what may have arrived says so when it comes again."""
    for echo in wave.echoes:
        maybe = uncertain or echo.uncertain
        again = {"state": "waiting", "next_at": later(desk, echo.tries - 1), "uncertain": maybe, "reason": why}
        echoes.settle(desk.conn, [echo.id], wave.until, **again)


# ── is it needed, and by whom ───────────────────────────────────────────────────────────────────────────────────────


def _matter(desk: Desk, called: Called) -> Matter:
    (run,) = get_runs(desk.conn, [called.run_id])
    return matter_of(desk, run)


def _still_goes(desk: Desk, matter: Matter, called: Called) -> bool:
    return _is_needed(desk, matter, called) and "sent" not in _on_telegram(desk, matter, called)


def _is_needed(desk: Desk, matter: Matter, called: Called) -> bool:
    """Nobody has taken or seen it meanwhile, and it was not passed on to somebody else."""
    run, order = matter.run, matter.order
    if not called.reached:
        return False
    if run.case_id is not None:
        case = find_case(desk.conn, run.case_id)
        return case is not None and case.state == "waiting" and run.state in ("running", "exhausted")
    if order is None:
        return False
    if called.position == HELP:
        return order.is_held
    return (order.is_open or order.provisional) and run.state in ("running", "exhausted")


def _on_telegram(desk: Desk, matter: Matter, called: Called) -> set[str]:
    """How its messages there have ended so far."""
    if called.telegram_id is None:
        return set()
    run = matter.run
    subject, subject_id = ("case_alert", run.case_id) if run.case_id is not None else ("alert", run.order_id)
    assert subject_id is not None
    return echoes.how_it_went(desk.conn, called.telegram_id, subject, subject_id, called.at)


def _routes(desk: Desk, matter: Matter, called: Called) -> list[tuple[str, str]]:
    """Where this alert goes, as the desk file has it now."""
    channel = desk.file.second_channel
    if channel is None:
        return []
    hook = [(WEBHOOK, "")] if channel.webhook else []
    return hook + [(MAIL, address) for address in _mailboxes(desk, channel, matter, called)]


def _mailboxes(desk: Desk, channel: SecondChannel, matter: Matter, called: Called) -> tuple[str, ...]:
    """Of the place that this person answers for, or the officers'; never one that somebody reads it is kept from."""
    if channel.mail is None:
        return ()
    order, held = matter.order, roles_of(desk.conn, called.person_id)
    away = matter.kept_from if order is None else kept_from(desk, order)
    path = path_up(desk.file.units, matter.unit)
    for place in path:
        if supervises(held, [place.key]) and (addresses := channel.mail.to.get(place.key)):
            if away.isdisjoint(each.id for each in holders_of(desk.conn, "supervisor", unit=place.key)):
                return addresses
            break
    answers = is_officer(held) or supervises(held, [place.key for place in path])
    seen_by = [each.id for each in holders_of(desk.conn, "officer")]
    return channel.mail.officers if answers and away.isdisjoint(seen_by) else ()


# ── what may be said ────────────────────────────────────────────────────────────────────────────────────────────────


def _said(desk: Desk, matter: Matter, called: Called, echo: Echo) -> Said:
    order = matter.order
    repeat = echo.uncertain or "uncertain" in _on_telegram(desk, matter, called)
    if order is None:
        return Said(called.id, called.at, repeat)
    category, unit = desk.file.categories.get(order.category), desk.file.units.get(order.unit)
    return Said(
        called.id,
        called.at,
        repeat,
        order,
        unit.name if unit else {desk.file.default_language: order.unit},
        category.name if category and not order.discreet else None,
        called.position == HELP,
    )


def _once_each(said: list[Said]) -> tuple[Said, ...]:
    """Two people called about one thing read it once, and what was told in confidence is not even counted."""
    found: dict[object, Said] = {}
    for each in said:
        found.setdefault((each.order.id, each.helping) if each.order is not None else None, each)
    return tuple(found.values())
