"""The cards of a good deed: whoever is in charge says whether it was so, whoever did it whether it may be told."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from bot.flows.steps import parts_as_text
from desk import good_deeds, people, praise
from desk.front import Button, Desk
from desk.good_deed_parts import CARD
from desk.good_deed_views import DeedView, deed_view
from domain.good_deeds import NAMED, NAMELESS, NO
from domain.households import where
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="good_deeds")


class DeedTap(CallbackData, prefix="gd"):
    """Was it so? Whoever may say so is judged when they tap."""

    verb: str
    id: int
    matched: int  # whom the card named: an answer is to what was read


class PraiseTap(CallbackData, prefix="pr"):
    """May the neighbours read it?"""

    verb: str
    id: int


@router.callback_query(DeedTap.filter())
async def judged(query: CallbackQuery, callback_data: DeedTap, desk: Desk, person: Person) -> Text | None:
    read = callback_data.matched
    match callback_data.verb:
        case "yes":
            return good_deeds.confirm(desk, person, callback_data.id, matched=read)
        case "wordless":
            return good_deeds.confirm(desk, person, callback_data.id, matched=read, wordless=True)
        case "no":
            return good_deeds.decline(desk, person, callback_data.id)
        case "look":
            good_deeds.show(desk, person, callback_data.id)
            return None
        case "pictures":
            good_deeds.hand_pictures(desk, person, callback_data.id)
            return None
    raise NotFound


@router.callback_query(PraiseTap.filter())
async def answered(query: CallbackQuery, callback_data: PraiseTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "named" | "nameless" | "no":
            return praise.answer(desk, person, callback_data.id, callback_data.verb)
        case "down":
            return praise.take_down(desk, person, callback_data.id)
    raise NotFound


# ── whoever is in charge ────────────────────────────────────────────────────────────────────────────────────────────

_JUDGED = {
    "confirmed": _("{name} has confirmed it. Whoever did it is asked whether the neighbours may read it."),
    "shown": _("{name} has confirmed it, and the neighbours have read it."),
    "kept": _("{name} has confirmed it. It stays between those who know of it."),
    "declined": _("{name} could not confirm it. Nothing of it is shown."),
    "withdrawn": _("It was taken back."),
}


_UNKNOWN = _("{name} has confirmed it. Nobody knows who it was, so nothing of it is shown.")


def paint_deed(view: View, deed_id: int, chat_id: int) -> Face | None:
    """What was told, of whom, and what would stand in the group; once it is answered, what was answered."""
    reader = people.find_person(view, chat_id)
    seen = deed_view(view, deed_id, reader)
    if seen is None or reader is None:
        return Face(_("Others look after this now. Thank you!"))
    language = language_of(view, reader)
    head = _("🌸 <b>A good deed</b> · {unit}")(unit=seen.unit)
    if seen.deed.state != "reported":
        nobody = seen.deed.state == "confirmed" and not seen.deed.is_known
        judged = _UNKNOWN if nobody else _JUDGED[seen.deed.state]
        return Face(lines(head, judged(name=seen.decided_by or "—")), language=language)
    text = lines(
        head,
        _("Told by {name}.")(name=seen.reporter),
        *_who(seen),
        parts_as_text([{"kind": part.kind, "words": part.words} for part in seen.parts]),
        _("In the group would stand: “{words}”")(words=seen.public.words) if seen.public.words else None,
        _("Does it say in other words who or where it was? Then choose “without these words”."),
        _("Was it so?"),
    )
    return Face(text, _buttons(seen), language=language)


def _who(seen: DeedView) -> list[Text | None]:
    home = where(seen.home.at, seen.unit) if seen.home is not None else None
    did = _("Done by {name}.")(name=seen.doer) if seen.doer else None
    somebody = _("Done by somebody who lives at {address}.")(address=home) if home and not seen.doer else None
    unknown = _("I don't know who it was; only whoever is known to me can be thanked.")
    return [
        did or somebody or unknown,
        _("It was a child: somebody who lives with them will be asked.") if seen.deed.child else None,
        _("In the words of who told us: {words}")(words=seen.deed.described) if seen.deed.described else None,
        _("They live together, so no points are given.") if seen.at_home else None,
    ]


def _buttons(seen: DeedView) -> tuple[Button, ...]:
    def tap(label: Text, verb: str) -> Button:
        return Button(label, data=DeedTap(verb=verb, id=seen.deed.id, matched=seen.deed.matched).pack())

    pictures = [tap(_("Show the pictures"), "pictures")] if any(part.file_id for part in seen.parts) else []
    return (
        *pictures,
        tap(_("Yes, it was so"), "yes"),
        tap(_("Yes, but without these words"), "wordless"),
        Button(_("Say who it was"), data=f"open:who_did_it:{seen.deed.id}"),
        tap(_("I can't confirm it"), "no"),
    )


# ── whoever did it ──────────────────────────────────────────────────────────────────────────────────────────────────

_ANSWERED = {
    NAMED: _("You have said yes: the neighbours may read it, with your name."),
    NAMELESS: _("You have said yes: the neighbours may read it, without a name."),
    NO: _("It stays between us. Thank you for what you did!"),
}


def paint_praise(view: View, deed_id: int, chat_id: int) -> Face | None:
    """Somebody noticed something good: may it be told? It says how it would stand there."""
    reader = people.find_person(view, chat_id)
    asked = praise.question(view, deed_id, reader)
    if asked is None or reader is None:
        return Face(_("This has been taken care of. Thank you!"))
    language, deed = language_of(view, reader), asked.deed
    head = _("🌸 Somebody has noticed something good that you did, and the community worker has confirmed it.")
    if deed.by_oneself and not asked.may_be_named:
        head = _("🌸 The community worker liked what a child of your household wrote in the diary.")
    elif deed.by_oneself:
        head = _("🌸 The community worker liked what you wrote in your diary.")
    elif deed.child or (deed.doer_id is not None and not asked.may_be_named):
        head = _("🌸 Somebody has noticed something good that a child of your household did.")
    elif deed.doer_id is None:
        head = _("🌸 Somebody has noticed something good that somebody of your household did.")
    stands = _("It would stand in the group like this:")
    if deed.state != "confirmed":
        down = Button(_("Take it down again"), data=PraiseTap(verb="down", id=deed_id).pack())
        said = lines(head, _ANSWERED[deed.consent or NO])
        return Face(said, (down,) if deed.state == "shown" else (), language=language)
    labels = {NAMED: _("Yes, you may say so"), NAMELESS: _("Yes, without my name"), NO: _("Please don't")}
    if not asked.may_be_named:
        labels = {NAMELESS: _("Yes, without a name"), NO: _("Please don't")}
    buttons = tuple(Button(label, data=PraiseTap(verb=verb, id=deed_id).pack()) for verb, label in labels.items())
    text = lines(head, _("May the neighbours read it?"), stands, as_it_stands(asked.named))
    return Face(text, buttons, language=language)


# ── the neighbours ──────────────────────────────────────────────────────────────────────────────────────────────────


def as_it_stands(seen: praise.Praised) -> Text:
    """The warm card: what was done, and thanks; no address, and no name that nobody has allowed."""
    if seen.name:
        head = _("🌸 Well done, <b>{name}</b>! · {unit}")(name=seen.name, unit=seen.unit)
    else:
        head = _("🌸 Somebody in {unit} did something good.")(unit=seen.unit)
    words = _("“{words}”")(words=seen.words) if seen.words else None
    return lines(head, words, _("Thank you from all of us!"))


def paint_praised(view: View, deed_id: int, chat_id: int) -> Face | None:
    seen = praise.view_in_group(view, deed_id, chat_id)
    return Face(as_it_stands(seen)) if seen is not None else Face(_("Something good was done here. Thank you!"))


CARDS = {CARD: paint_deed, praise.ASKED: paint_praise, praise.SHOWN: paint_praised}
