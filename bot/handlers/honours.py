"""/honour: the last honour board that is out; the next one is looked over by whoever is in charge, and asked about."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View, language_of
from bot.drawing import honour_board as drawing
from bot.flows.router import Private
from desk import honour_asks, honour_review, honours, people
from desk.front import Button, Desk
from desk.honour_review import GONE, LEFT_OUT, SAID_NO, SAID_YES, UNASKED, WAITING, Listed, Review
from desk.honour_standing import Shown
from desk.honour_ties import ASKED, REVIEW, SHOWN
from domain.honours import ASKING, DROPPED, LAPSED, NO, PROPOSED, PUBLISHED, YES
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.words import Text, _, lines, plain

router = Router(name="honours")


class HonourTap(CallbackData, prefix="hb"):
    """A board or a household on it, as whoever is in charge saw it."""

    verb: str
    id: int
    version: int


class HonourAnswer(CallbackData, prefix="hy"):
    """May our name be on it? `mark`: of the name that was read."""

    verb: str
    id: int
    mark: int


def tap(label: Text, verb: str, id: int, version: int = 0) -> Button:
    return Button(label, data=HonourTap(verb=verb, id=id, version=version).pack())


@router.message(Command("honour", ignore_case=True), Private())
async def asked_for_honours(message: Message, desk: Desk, person: Person) -> None:
    honour_asks.show_last(desk, person)


@router.callback_query(HonourTap.filter())
async def reviewed(query: CallbackQuery, callback_data: HonourTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "look":
            honour_review.look_at(desk, person, callback_data.id)
            return None
        case "list":
            honour_review.open_page(desk, person, callback_data.id, "")
            return None
        case "how":
            honour_review.open_page(desk, person, callback_data.id, "", anew=True)
            return None
        case "none":
            honour_review.open_page(desk, person, callback_data.id, "drop")
            return None
        case "back":
            return honour_review.put_back(desk, person, callback_data.id)
        case "ask":
            return honours.ask_now(desk, person, callback_data.id, callback_data.version)
        case "publish":
            return honours.publish(desk, person, callback_data.id, callback_data.version)
        case "drop":
            return honours.drop(desk, person, callback_data.id, callback_data.version)
    raise NotFound


@router.callback_query(HonourAnswer.filter())
async def answered(query: CallbackQuery, callback_data: HonourAnswer, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "yes" | "no":
            return honour_asks.answer(desk, person, callback_data.id, callback_data.verb, callback_data.mark)
    raise NotFound


# ── whoever is in charge ────────────────────────────────────────────────────────────────────────────────────────────

_STANDS = {
    GONE: _("no longer on it"),
    LEFT_OUT: _("left out"),
    UNASKED: _("not asked yet"),
    WAITING: _("has not answered"),
    SAID_YES: _("said yes"),
    SAID_NO: _("stays unnamed"),
}


def paint_review(view: View, board_id: int, chat_id: int) -> Face | None:
    """Who is proposed and how it stands; or one household of it, with its deeds."""
    reader = people.find_person(view, chat_id)
    if reader is None:
        return None
    language = language_of(view, reader)
    try:
        seen = honour_review.review(view, reader, board_id)
    except Refusal:
        return Face(_("Others look after this now. Thank you!"), language=language)
    head = _("🏅 <b>Honour board</b> · {unit} · {period}")(unit=seen.unit, period=seen.period)
    if seen.opened is not None:
        return Face(lines(head, *_household(view, seen, seen.opened)), _one(seen, seen.opened), language=language)
    if seen.dropping:
        text = lines(head, _("No board this time? Nothing will be shown, and nobody is named."))
        return Face(text, _dropping(seen), language=language)
    rows = [_line(number, each) for number, each in enumerate(seen.listed, 1)]
    return Face(lines(head, *rows, _how_it_stands(seen)), _all(seen), language=language)


def _line(number: int, each: Listed) -> Text:
    stands = _STANDS[each.stands]
    if each.honour.hero:
        return _("{number}. {address}: a quiet hero · {stands}")(number=number, address=each.address, stands=stands)
    line = _(
        "{number}. {address}: {points} points, {count} deed · {stands}",
        "{number}. {address}: {points} points, {count} deeds · {stands}",
    )
    honour = each.honour
    return line(number=number, address=each.address, points=honour.points, count=honour.deeds, stands=stands)


def _how_it_stands(seen: Review) -> Text:
    board, name = seen.board, seen.decided_by or "—"
    if board.state == PROPOSED:
        asked = _("I ask the households {until}. Until then you can leave one out or add a quiet hero.")
        return asked(until=board.next_at)
    if board.state == ASKING and not seen.ready:
        asked = _("They have been asked. It can go out when all have answered, and from {until} on in any case.")
        return asked(until=board.answer_by)
    if board.state == ASKING:
        return _("It can go out now: with the names of those who said yes, and nobody else's.")
    if board.state == PUBLISHED:
        return _("It is out; {name} published it.")(name=name)
    if board.state == DROPPED:
        return _("{name} decided that there is no board this time.")(name=name)
    return _("Nobody published it before the next one came, so it stays between us.")


def _all(seen: Review) -> tuple[Button, ...]:
    board = seen.board
    opens = [
        tap(_("Look at {number}")(number=number), "look", each.honour.id) for number, each in enumerate(seen.listed, 1)
    ]
    if not board.is_open:
        return tuple(opens)
    go: list[Button] = []
    if seen.ready and any(each.stands == SAID_YES for each in seen.listed):
        go = [tap(_("Publish it"), "publish", board.id, board.version)]
    elif board.state == PROPOSED:
        go = [tap(_("Ask them now"), "ask", board.id, board.version)]
    hero = Button(_("Add a quiet hero"), data=f"open:quiet_hero:{board.id}")
    return (*go, *opens, hero, tap(_("No board this time"), "none", board.id))


def _dropping(seen: Review) -> tuple[Button, ...]:
    board = seen.board
    return (
        tap(_("Yes, none this time"), "drop", board.id, board.version),
        tap(_("Back to the list"), "list", board.id),
    )


def _household(view: View, seen: Review, each: Listed) -> list[Text | None]:
    honour, dimensions = each.honour, view.file.points.dimensions
    earned = [
        _("{dimension}: {count}")(dimension=dimensions[key], count=points)
        for key, points in honour.by_dimension.items()
        if key in dimensions
    ]
    kind = _("· {reason}: {count} time, {points}", "· {reason}: {count} times, {points}")
    deeds = [
        kind(reason=deed.reason, count=deed.count, points=drawing.POINTS(count=deed.points)) for deed in seen.deeds
    ]
    left_out = _("Left out by {name}: “{words}”")(name=each.changed_by or "—", words=plain(honour.why or "—"))
    added = _("Added by {name}: “{words}”")(name=each.changed_by or "—", words=plain(honour.words or "—"))
    return [
        _("<b>{address}</b> · {stands}")(address=each.address, stands=_STANDS[each.stands]),
        _("On the board it would be called “{name}”.")(name=each.name),
        added if honour.hero and not honour.left_out else None,
        left_out if honour.left_out else None,
        *earned,
        *deeds,
        _("It is your own household, so somebody else decides about it.") if each.own else None,
    ]


def _one(seen: Review, each: Listed) -> tuple[Button, ...]:
    back = tap(_("Back to the list"), "list", seen.board.id)
    if each.own or not seen.board.is_open:
        return (back,)
    if each.honour.left_out:
        return (tap(_("Put it back"), "back", each.honour.id), back)
    return (Button(_("Leave it out…"), data=f"open:leave_out:{each.honour.id}"), back)


# ── a household ─────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_asked(view: View, honour_id: int, chat_id: int) -> Face | None:
    """May its name be on it? It says how it would stand there."""
    reader = people.find_person(view, chat_id)
    asked = honour_asks.question(view, honour_id, reader)
    if asked is None or reader is None:
        return None
    language = language_of(view, reader)
    head = _("🏅 {unit} would like to thank your household on its honour board of {period}.")
    if asked.honour.hero:
        head = _("🏅 {unit} would like to thank your household as a quiet hero on its honour board of {period}.")
    top = [head(unit=asked.unit, period=asked.period)]
    if asked.honour.words:
        top.append(_("“{words}”")(words=plain(asked.honour.words)))
    stands = asked.stands
    if asked.honour.left_out or stands == "over":
        return Face(lines(top[0], _over(asked)), language=language)
    buttons = {
        verb: Button(label, data=HonourAnswer(verb=verb, id=honour_id, mark=asked.mark).pack())
        for verb, label in ((YES, _("Yes, gladly")), (NO, _("Please don't name us")))
    }
    if stands == YES:
        said = _("Your household has said yes: it stands there as “{name}”.")(name=asked.name)
        return Face(lines(*top, said), (buttons[NO],), language=language)
    if asked.board.state == PUBLISHED:
        return Face(lines(*top, _("It is out, without your name. Thank you for all you do!")), language=language)
    if stands == NO:
        said = _("Your name stays off it. Thank you for all you do!")
        return Face(lines(*top, said), (buttons[YES],) if asked.may_say_yes else (), language=language)
    how = _(
        "It would stand there as “{name}”, with {count} point and nothing of what you did for whom.",
        "It would stand there as “{name}”, with {count} points and nothing of what you did for whom.",
    )
    if asked.honour.hero:
        how = _("It would stand there as “{name}”, and nothing of what you did for whom.")
    ask = _("May your name be on it? If none of you answers by {until}, it stays off.")
    text = lines(*top, how(name=asked.name, count=asked.honour.points), ask(until=asked.board.answer_by))
    rename = Button(_("Give our household a name"), data=f"open:namecard:{asked.honour.household_id}")
    return Face(text, (*buttons.values(), *(() if asked.has_a_name else (rename,))), language=language)


def _over(asked: honour_asks.Question) -> Text:
    if asked.board.state in (DROPPED, LAPSED):
        return _("There is no board this time, so nobody is named. Thank you for all you do!")
    return _("Your household is not on this board. Its points are all there, and so are our thanks.")


# ── everybody ───────────────────────────────────────────────────────────────────────────────────────────────────────

TITLE = _("Honour board")
THANKS = _("Your neighbours thank you!")


def paint_shown(view: View, board_id: int, chat_id: int) -> Face | None:
    """The picture, with its names once more in words for whoever cannot see it."""
    reader = people.find_person(view, chat_id) if chat_id > 0 else None
    seen = honour_asks.seen(view, board_id, reader)
    if seen is None or (chat_id > 0 and reader is None):
        return None
    if chat_id < 0 and not seen.shown.rows:
        return None  # the last name was taken down, and the picture goes with it
    buttons: list[Button] = []
    if seen.own is not None:
        buttons.append(Button(_("Take our name down"), data=HonourAnswer(verb=NO, id=seen.own.id, mark=0).pack()))
    if seen.leads:
        buttons.append(tap(_("How it came about"), "how", board_id))
    board = seen.shown
    names = [_("{rank}. {name}")(rank=row.rank, name=row.name) if row.rank else row.name for row in board.rows]
    unnamed = drawing.UNNAMED(count=board.unnamed) if board.unnamed else None
    text = lines(
        _("🏅 <b>Honour board</b> · {unit} · {period}")(unit=board.unit, period=board.period), *names, unnamed, THANKS
    )
    language = language_of(view, reader) if reader is not None else None
    drawn = Drawing(drawing.honour_board, _drawn(board), "honours.png") if board.rows else None
    return Face(text, tuple(buttons), language=language, drawn=drawn)


def _drawn(board: Shown) -> drawing.HonourBoard:
    rows = tuple(drawing.Honoured(row.name, row.rank, row.points) for row in board.rows)
    return drawing.HonourBoard(TITLE, board.unit, plain(board.period), rows, THANKS, board.unnamed)


CARDS = {REVIEW: paint_review, ASKED: paint_asked, SHOWN: paint_shown}
