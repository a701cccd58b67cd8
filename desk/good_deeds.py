"""Somebody tells of a good deed: whoever is in charge says whether it was so, and then both households earn points.

What was told is read by a supervisor before anybody else, so that no unkind word comes to somebody as praise.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk import praise
from desk.alerts import can_hear
from desk.front import CardRefresh, Desk
from desk.good_deed_doers import known_volunteers, lives_in, standing_at, volunteers_of, who_lives_at
from desk.good_deed_parts import CARD, drop_parts_of, keep_parts, show_parts
from desk.nights import by_day, is_night
from desk.order_views import tell_person
from desk.people import get_person
from desk.points import EARNED, earn
from desk.roles import may_lead, officers
from domain import good_deeds as rules
from domain.desk_schema import GOOD_DEED, ReportKind
from domain.good_deeds import PRAISE, GoodDeed, NewDeed
from domain.households import Address
from domain.people import Person
from domain.places import path_up
from domain.points import Earning, day_start
from domain.refusals import NotFound
from domain.words import Text, _
from storage import good_deeds as rows
from storage.escalation import on_duty_in
from storage.households import Household, chats_with
from storage.people import holders_of
from storage.points import balance_of

AGAIN = timedelta(days=1)
"""So long a question to a supervisor waits before it is asked further up."""

CONFIRMED = _("What you told us about a good deed is confirmed. Thank you for having an eye for it!")

REWARDED = _(
    "Somebody has noticed something good that you did: your household has earned {count} point and now has {balance}.",
    "Somebody has noticed something good that you did: your household has earned {count} points and now has {balance}.",
)


def standard(desk: Desk, deed: GoodDeed) -> ReportKind | None:
    """What the desk file says about this kind of good deed; None: it says nothing about good deeds."""
    return desk.file.reports.get(deed.about or GOOD_DEED) or desk.file.reports.get(GOOD_DEED)


def get_deed(desk: Desk, deed_id: int) -> GoodDeed:
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None:
        raise NotFound
    return deed


# ── somebody tells us ───────────────────────────────────────────────────────────────────────────────────────────────


def tell(desk: Desk, person: Person, new: NewDeed) -> Text:
    """A good deed is told, once.

    1. Not too many in a day, and a name only from those who could be chosen. 2. The household, if there is one: who
    told us does not hear whether. 3. One row. 4. Whoever is in charge is asked.
    """
    if rows.find_by_once(desk.conn, new.once) is None:
        today = day_start(desk.now, desk.file.zone)
        if rows.count_told(desk.conn, person.id, PRAISE, today) >= rules.MOST_A_DAY:
            raise rules.EnoughToday
        if new.doer_id is not None and new.doer_id not in {each.id for each in known_volunteers(desk, person)}:
            raise NotFound
        _write(desk, person, new)
    return _("Thank you for telling me! The community worker will have a look, and then whoever did it hears of it.")


def _write(desk: Desk, person: Person, new: NewDeed) -> None:
    doer = get_person(desk, new.doer_id) if new.doer_id is not None else None
    home = standing_at(desk, new.at) if new.at is not None else None
    typed = f"{new.at.building} {new.at.room}".strip() if new.at is not None else None
    deed_id = rows.add_deed(
        desk.conn,
        once=new.once,
        kind=PRAISE,
        unit=new.unit,
        about=new.about,
        state="reported",
        reporter_id=person.id,
        reporter_home=person.household_id,
        doer_id=new.doer_id,
        doer_home=doer.household_id if doer else home.id if home else None,
        described=" · ".join(each for each in (typed, new.described) if each) or None,
        child=new.child,
        next_at=by_day(desk, desk.now + AGAIN),
        made_at=desk.now,
    )
    if deed_id is None:
        return
    keep_parts(desk, person, deed_id, new.parts)
    rows.remember(desk.conn, deed_id, "told", desk.now, person.id)
    _ask(desk, get_deed(desk, deed_id))


# ── whoever is in charge is asked ───────────────────────────────────────────────────────────────────────────────────


def may_judge(desk: Desk, person: Person, deed: GoodDeed) -> bool:
    """Nobody confirms what is about them or their household, whatever they hold."""
    return may_lead(desk, person, deed.unit) and not rules.concerns(deed, person)


def judges(desk: Desk, deed: GoodDeed) -> list[Person]:
    """Those on duty nearest above the place, from as far up as it has been asked; at the end the officers."""
    for place in path_up(desk.file.units, deed.unit)[deed.asked :]:
        there = [
            each
            for each in holders_of(desk.conn, "supervisor", unit=place.key)
            if can_hear(each) and not rules.concerns(deed, each)
        ]
        duty = on_duty_in(desk.conn, place.key)
        if there:
            return [each for each in there if each.id in duty] or there
    return [each for each in officers(desk) if can_hear(each) and not rules.concerns(deed, each)]


def _ask(desk: Desk, deed: GoodDeed) -> None:
    for each in judges(desk, deed):
        assert each.telegram_id is not None
        desk.say(CardRefresh(each.telegram_id, CARD, deed.id, silent=is_night(desk), anew=True))


def refresh(desk: Desk, deed_id: int) -> None:
    """Everybody who was asked sees how it stands now."""
    desk.say(*(CardRefresh(chat, CARD, deed_id, silent=True) for chat in chats_with(desk.conn, CARD, deed_id)))


def sweep_unanswered(desk: Desk) -> bool:
    """One that nobody has answered for a day is asked one level further up; after the officers it waits in /deeds."""
    deed = rows.next_unanswered(desk.conn, desk.now)
    if deed is None:
        return False
    if is_night(desk):
        return False
    levels = len(path_up(desk.file.units, deed.unit))
    asked = deed.asked + 1
    if rows.change(desk.conn, deed, asked=asked, next_at=by_day(desk, desk.now + AGAIN) if asked < levels else None):
        _ask(desk, get_deed(desk, deed.id))
    return True


# ── and says whether it was so ──────────────────────────────────────────────────────────────────────────────────────


def get_judged(desk: Desk, person: Person, deed_id: int) -> GoodDeed:
    """The deed, if this person says whether it was so."""
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or deed.kind != PRAISE or not may_judge(desk, person, deed):
        raise NotFound
    return deed


def household_there(desk: Desk, person: Person, deed_id: int, building: str, room: str) -> Household | None:
    """A household of the place whose deeds this person confirms."""
    deed = get_judged(desk, person, deed_id)
    return standing_at(desk, Address(deed.unit, building, room))


def match(
    desk: Desk,
    person: Person,
    deed_id: int,
    *,
    doer_id: int | None = None,
    home: Household | None = None,
    child: bool = False,
) -> Text:
    """Whoever is in charge says who was meant: somebody of the place, or one of its households.

    1. May they, and is it somebody they may choose? 2. It must not become their own matter by this. 3. As it was read,
    or not at all.
    """
    deed = get_judged(desk, person, deed_id)
    if deed.state != "reported":
        raise rules.SeenAlready
    home_id = home.id if home is not None else None
    if doer_id is not None:
        doer = get_person(desk, doer_id)
        home_id = doer.household_id
        if doer_id not in {each.id for each in volunteers_of(desk, deed)} and not lives_in(desk, home_id, deed.unit):
            raise NotFound
    if person.id == doer_id or (home_id is not None and home_id == person.household_id):
        raise rules.TheirOwn
    named = {"doer_id": doer_id, "doer_home": home_id, "child": child}
    if not rows.change(desk.conn, deed, **named, matched=deed.matched + 1):
        raise rules.SeenAlready
    rows.remember(desk.conn, deed_id, "matched", desk.now, person.id)
    refresh(desk, deed_id)
    return _("Noted. Now please tell me whether it was so.")


def confirm(desk: Desk, person: Person, deed_id: int, *, matched: int | None = None, wordless: bool = False) -> Text:
    """It was so; `matched`: as it stood on the card they read.

    1. May they? 2. Compete: the first answer counts, and only for whoever they read it of. 3. Points, by the standard.
    4. Who told us hears it, and whoever did it is asked whether the neighbours may read it.
    """
    deed = get_judged(desk, person, deed_id)
    answered = {"decided_by": person.id, "decided_at": desk.now, "wordless": wordless}
    if not rows.move(desk.conn, deed_id, "confirm", matched=matched, **answered):
        raise rules.SomebodyElseNamed if get_deed(desk, deed_id).state == "reported" else rules.SeenAlready
    rows.remember(desk.conn, deed_id, "confirm", desk.now, person.id)
    deed = get_deed(desk, deed_id)
    tell_person(desk, deed.reporter_id, CONFIRMED)
    _award(desk, deed)
    praise.ask(desk, deed)
    refresh(desk, deed_id)
    if not deed.is_known:
        return _("Thank you. I have thanked whoever told us.")
    return _("Thank you. I'm asking whoever did it whether the neighbours may hear of it.")


def decline(desk: Desk, person: Person, deed_id: int) -> Text:
    """Not to be told of: nothing is posted, nothing is shown, and nobody is blamed."""
    deed = get_judged(desk, person, deed_id)
    if not rows.move(desk.conn, deed_id, "decline", decided_by=person.id, decided_at=desk.now):
        raise rules.SeenAlready
    rows.remember(desk.conn, deed_id, "decline", desk.now, person.id)
    kept = _("Thank you for telling me of a good deed. It could not be confirmed this time, so it stays between us.")
    tell_person(desk, deed.reporter_id, kept)
    refresh(desk, deed_id)
    return _("All right. Nothing of it is shown, and I have thanked whoever told us.")


def _award(desk: Desk, deed: GoodDeed) -> None:
    """To the household of whoever did it and to that of whoever told us; nothing within one household.

    A child's name does not stand beside the points, and a child who told us earns none.
    """
    reporter = get_person(desk, deed.reporter_id)
    doer = get_person(desk, deed.doer_id) if deed.doer_id is not None else None
    kind = standard(desk, deed)
    if kind is None or not deed.is_known or rules.stays_at_home(deed, reporter, doer):
        return
    home = doer.household_id if doer else deed.doer_home
    others = [doer.id] if doer else [each.id for each in who_lives_at(desk, deed.doer_home)]
    common: dict[str, Any] = {"dimension": kind.dimension, "decided_by": deed.decided_by}
    common |= {"deed": kind.key, "caps": kind.caps}
    once = f"award:good_deed:{deed.id}"
    if home is not None:
        named = deed.doer_id if praise.is_grown_up(desk, deed) else None
        did = Earning(once, home, named, kind.award.doer, rules.DONE, pair=(reporter.id,), **common)
        _tell_earned(desk, REWARDED, [each.id for each in praise.deciders(desk, deed)], home, earn(desk, did))
    if reporter.household_id is not None and reporter.of_age is not False:
        home, pair = reporter.household_id, tuple(others)
        told = Earning(f"{once}:told", home, reporter.id, kind.award.reporter, rules.TOLD, pair=pair, **common)
        _tell_earned(desk, EARNED, [reporter.id], home, earn(desk, told))


def _tell_earned(desk: Desk, sentence: Text, people: list[int], household_id: int, points: int) -> None:
    balance = balance_of(desk.conn, household_id)
    for person_id in people if points else ():
        tell_person(desk, person_id, sentence(count=points, balance=balance))


# ── what belongs to it ──────────────────────────────────────────────────────────────────────────────────────────────


def show(desk: Desk, person: Person, deed_id: int) -> None:
    """Its card once more, at the bottom of the chat."""
    get_judged(desk, person, deed_id)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, deed_id, anew=True))


def hand_pictures(desk: Desk, person: Person, deed_id: int) -> None:
    """Pictures and voices, to whoever has to say whether it was so."""
    get_judged(desk, person, deed_id)
    if person.telegram_id is not None:
        show_parts(desk, rows.parts_of(desk.conn, deed_id), person.telegram_id, deed_id)


def forget(desk: Desk, person: Person) -> None:
    """What they told, and what was told of them, goes; what stood in a group of it says nothing any more."""
    theirs = rows.deeds_of(desk.conn, person.id)
    for deed in theirs:
        for verb in ("withdraw", "keep", "take_down"):
            rows.move(desk.conn, deed.id, verb, next_at=None)
    drop_parts_of(desk, person)
    for deed in theirs:
        praise.refresh(desk, deed.id)
