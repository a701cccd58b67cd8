"""What every conversation promises, proved for each of them without its asking.

Its docstring is the talk that is really had. It can be walked to its end in both languages; every answer can be changed
from its summary; a button tapped again is answered with a sentence.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.flows import ALL, talking
from bot.flows.flow import CHANGE, Flow, Step
from bot.flows.steps import Phone as PhoneStep
from bot.flows.steps import Summary, Tell
from desk import people
from sandbox.phones import Json, Phone, labels_of, shown, text_of
from storage.tables import orders
from tests.conftest import MORNING
from tests.flows.scenes import SCENES, t
from tests.flows.transcripts import transcript
from tests.town import TestTown, a_town

TOLD = {flow.__module__: flow for flow in reversed(ALL)}.values()
"""One transcript a module."""

ANSWERS = {
    ("household", "what"): 1,
    ("quiet_hero", "building"): 3,
    ("quiet_hero", "room"): 2,
    ("private", "left_out"): -1,
    ("report", "nearby"): -1,
}
"""Where the first button would not lead to the end: which one does."""


@pytest.fixture
async def english(tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING, strict=False) as town:
        yield town


async def opens(phone: Phone, first: str) -> None:
    await phone.says(first)


def test_every_flow_has_a_scene() -> None:
    assert {flow.name for flow in ALL} == set(SCENES)


@pytest.mark.parametrize("flow", TOLD, ids=lambda flow: flow.name)
async def test_the_chat_in_its_docstring_is_the_chat_people_have(flow: type[Flow], english: TestTown) -> None:
    phone, first = await SCENES[flow.name](english)
    told = transcript(flow)
    assert len(told) >= 2
    await opens(phone, first)
    for line in told[1:]:
        if line.who != "desk":
            await phone.says(line.words)
            continue
        stands = [m for m in await phone.from_bot() if line.words in text_of(m).replace("\n", " ")]
        assert stands, f"not said: {line.words}\nbut: {shown(await phone.last())}"
        assert set(line.buttons) <= set(labels_of(stands[-1])), shown(stands[-1])


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize("flow", ALL, ids=lambda flow: flow.name)
async def test_it_can_be_walked_to_its_end(flow: type[Flow], language: str, tmp_path: Path) -> None:
    async with a_town(tmp_path, MORNING, language=language, strict=False) as town:
        phone, first = await SCENES[flow.name](town)
        await opens(phone, first)
        if flow.name == "private":
            await phone.says(f"[{town.demo.app.file.categories['not_safe'].name[language]}]")
        walked = await walk(town, phone, flow)
        assert walked, "it ended before it began"


async def walk(town: TestTown, phone: Phone, flow: type[Flow]) -> list[str]:
    """Answer whatever is asked until nothing is asked any more; at a summary, change every answer once."""
    walked: list[str] = []
    for _turn in range(60):
        found = here(town, phone)
        if found is None:
            return walked
        talk, step = found
        assert talk.name == flow.name
        walked.append(step.name)
        if isinstance(step, Summary):
            await change_everything(town, phone)
        await answer(town, phone, flow)
    raise AssertionError(f"{flow.name} never ends: {walked}")


def here(town: TestTown, phone: Phone) -> tuple[Flow, Step[object]] | None:
    def reading(desk):  # type: ignore[no-untyped-def]
        person = people.find_person(desk, phone.id)
        found = talking.current(desk, person) if person else None
        return (found[1], found[1].here(desk)) if found else None

    return town.look(reading)


async def answer(town: TestTown, phone: Phone, flow: type[Flow]) -> None:
    """The question that stands now, answered by the first button or a few words; and then tapped again, too late."""
    found = here(town, phone)
    assert found is not None
    talk, step = found

    def choices(desk):  # type: ignore[no-untyped-def]
        return [choice for choice in step.choices(talk, desk) if not choice.value.startswith("~")]

    offered = town.look(choices)
    if isinstance(step, Tell):
        if flow.name == "report":  # some kinds are not sent without a picture
            await phone.sends("photo")
        await phone.says("一袋米 a bag of rice", f"[{t(town, 'That' + chr(39) + 's all')}]")
    elif offered:
        label = town.said(offered[ANSWERS.get((flow.name, step.name), 0)].label)
        message = await with_label(phone, label)
        await phone.taps(label, on=message)
        if here(town, phone) is not None:
            told = await phone.taps(label, on=message)
            assert told and told["text"], "a repeated tap gets a sentence"
    else:
        assert "text" in step.accepts, f"{step.name} offers nothing and hears nothing"
        await phone.says("0580 1234567" if isinstance(step, PhoneStep) else "3 号 hello")


async def with_label(phone: Phone, label: str) -> Json:
    return next(message for message in reversed(await phone.from_bot()) if label in labels_of(message))


async def change_everything(town: TestTown, phone: Phone) -> None:
    found = here(town, phone)
    assert found is not None
    flow, summary = found

    def changeable(desk):  # type: ignore[no-untyped-def]
        return [choice for choice in summary.choices(flow, desk) if choice.value.startswith(CHANGE)]

    for name in [choice.value for choice in town.look(changeable)]:
        flow = (here(town, phone) or (flow,))[0]
        choice = next((each for each in town.look(changeable) if each.value == name), None)
        if choice is None:
            continue  # it was a question of an answer that has been changed meanwhile
        await phone.taps(town.said(choice.label))
        asked = here(town, phone)
        assert asked is not None and asked[1].name == choice.value.removeprefix(CHANGE)
        await answer(town, phone, type(flow))
        for _more in range(6):  # an answer may bring further questions
            asked = here(town, phone)
            assert asked is not None
            if isinstance(asked[1], Summary):
                break
            await answer(town, phone, type(flow))
        else:
            raise AssertionError(f"{choice.value} does not lead back to the summary")


@pytest.mark.parametrize("name", ["cancel_order", "give_back"])
async def test_what_somebody_else_has_settled_is_said_and_not_asked_again(name: str, english: TestTown) -> None:
    phone, first = await SCENES[name](english)
    await opens(phone, first)
    gone = update(orders).values(state="cancelled", holder_id=None, version=orders.c.version + 1)
    await english.at_desk(lambda desk: desk.conn.execute(gone))
    before = len(await phone.from_bot())
    flow = next(each for each in ALL if each.name == name)
    await answer(english, phone, flow)
    assert here(english, phone) is None, "the conversation is over"
    assert len(await phone.from_bot()) > before, "and they hear why"
