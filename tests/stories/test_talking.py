"""Whoever asked and whoever comes talk through the desk, and nobody else hears a word of it."""

from __future__ import annotations

from domain.references import DOOR_WORDS
from sandbox.phones import Json, Phone, text_of
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def taken(town: TestTown) -> Json:
    """Ama has asked, Ben has it; the group's card."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.all_read()
    await town.ama.all_read()
    return card


def shows_no_account(town: TestTown, message: Json, phone: Phone) -> None:
    """Nothing on it leads back to whoever spoke."""
    assert "forward_origin" not in message
    assert str(phone.id) not in text_of(message)


async def test_replies_to_the_cards_and_to_what_was_passed_on_go_to_the_other_side(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it", buttons=["Write to Ben"])
    await town.ama.replies("The bell is <broken>, please knock", to=living)
    await town.ama.sees("I've passed it on to Ben")
    heard = await town.ben.hears("Ama: The bell is <broken>, please knock")
    shows_no_account(town, heard, town.ama)
    await town.ben.replies("Will do", to=heard)
    answer = await town.ama.hears("Ben: Will do")
    shows_no_account(town, answer, town.ben)
    await town.ama.replies("Thank you", to=answer)
    await town.ben.hears("Ama: Thank you")
    held = await town.ben.sees("room 201", buttons=["Write to Ama"])
    await town.ben.replies("Which rice?", to=held)
    await town.ama.hears("Ben: Which rice?")
    await town.faye.hears_nothing()
    await town.cleo.hears_nothing()
    await town.volunteers.does_not_see("knock", "Which rice")


async def test_voices_pictures_and_places_travel_too(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    for kind in ("voice", "photo", "video", "video_note", "audio", "location"):
        await town.ama.sends(kind, reply_to=living["message_id"])
        heard = (await town.ben.from_bot())[-1 if kind not in ("video_note", "location") else -2]
        assert kind in heard, kind
    await town.ben.all_read()
    await town.ama.sends("contact", reply_to=living["message_id"])
    await town.ama.sees("I can pass on words, voice, pictures and a place")
    await town.ben.hears_nothing()


async def test_what_follows_write_to_is_passed_on(town: TestTown) -> None:
    await taken(town)
    await town.ama.says("[Write to Ben]", "Two bags, please")
    await town.ama.sends("voice")
    await town.ben.hears_nothing()
    await town.ama.says("[That's all]")
    await town.ama.sees("I've passed it on to Ben")
    await town.ben.hears("Ama: Two bags, please")
    assert "voice" in (await town.ben.from_bot())[-1]
    await town.ben.all_read()


async def test_loose_words_are_asked_after(town: TestTown) -> None:
    await taken(town)
    await town.ama.says("The lamp in the stairs is broken")
    await town.ama.sees("Is this for Ben, or something new?", buttons=["For Ben", "Something new"])
    await town.ben.hears_nothing()
    await town.ama.says("since yesterday", "[Something new]")
    await town.ama.sees("What do you need help with?")
    await town.ama.says("[Something at home is broken]")
    await town.ben.hears_nothing()
    await town.ama.says("/cancel", "Are you there?", "[For Ben]")
    await town.ben.hears("Ama: Are you there?")


async def test_whoever_gave_it_back_is_out_of_the_talk(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ama.replies("My door is the green one", to=living)
    await town.ben.hears("green one")
    held = await town.ben.sees("room 201")
    await town.ben.says("[Give it back]", "[I can't make it in time]")
    await town.ben.does_not_see("green one")
    await town.ama.all_read()
    await town.volunteers.all_read()
    await town.ben.replies("Hello?", to=held)
    await town.ama.hears_nothing()
    await town.ben.sees("don't have this one any more")
    await town.ama.replies("The gate code is 12", to=living)
    await town.ama.sees("Nobody has it yet", "whoever comes will read it")
    await town.ben.does_not_see("gate code")
    await town.ben.forges("open:write:1", on=await town.ben.last())
    town.ben.is_told("don't have this one any more")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.cleo.taps("I'll take it", on=card)
    await town.cleo.hears("The gate code is 12")
    await town.ama.hears("Cleo has taken it")


async def test_a_stranger_with_forged_data_is_told_kindly(town: TestTown) -> None:
    await taken(town)
    await town.faye.says("/menu")
    for data in ("open:write:1", "say:at_door:1", "open:whose:"):
        await town.faye.forges(data, on=await town.faye.last())
        assert town.faye.answer is not None
        assert town.faye.answer["text"]
    await town.ama.hears_nothing()
    await town.ben.hears_nothing()


async def test_what_cannot_be_delivered_is_said(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ben.blocks()
    await town.ama.replies("Are you coming?", to=living)
    await town.ama.sees("I could not deliver it", "Ben")


async def test_a_closed_request_is_over(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ben.says("[Done]", "It is in her kitchen")
    await town.ben.sends("photo")
    await town.ben.says("[That's all]")
    await town.ama.says("[Yes, it's done]")
    await town.ben.all_read()
    await town.ama.replies("One more thing", to=living)
    await town.ama.sees("This request is over", "/help")
    await town.ben.hears_nothing()
    await town.ama.says("The lamp is broken")
    await town.ama.sees("Shall I ask the neighbours to help with this?")


async def test_set_phrases_are_read_by_each_in_their_own_language(town: TestTown) -> None:
    await taken(town)
    await town.ben.taps("At the door")
    town.ben.is_told("I've told them")
    living = await town.ama.sees("At the door they say this word first")
    word = text_of(living).split("they say this word first: ")[1].split(".")[0]
    await town.ama.hears("Ben is at the door", word)
    await town.ben.taps("At the door")
    town.ben.is_told("done already")
    await town.ben.taps("A little late")
    await town.ama.hears("Ben is coming a little later")


async def test_the_team_replies_to_the_card_and_its_holder_reads_it(town: TestTown) -> None:
    card = await taken(town)
    group = town.volunteers.id
    await town.cleo.replies("The lift is broken", to=card, chat=group)
    await town.ben.hears("Cleo in the group", "The lift is broken")
    await town.ben.sees("Noted:", "The lift is broken", "room 201")
    await town.cleo.sends("photo", chat=group, reply_to=card["message_id"])
    await town.ben.hears("Cleo in the group")
    assert "photo" in (await town.ben.from_bot())[-1]
    await town.demo.town.do("members", user=town.faye.id, group=group, status="member")
    await town.faye.replies("I know where she lives", to=card, chat=group)
    await town.ama.hears_nothing()
    await town.ben.hears_nothing()
    await town.volunteers.sees("Groceries", "Ben has it")
    calls = [call for call in await town.demo.town.calls() if call["method"] == "setMessageReaction"]
    assert len(calls) == 2


async def test_an_album_stays_together(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ama.sends("album", count=3, reply_to=living["message_id"])
    assert ["photo" in message for message in (await town.ben.from_bot())[-3:]] == [True] * 3
    await town.ama.sees("I've passed it on to Ben")
    assert len([m for m in await town.ama.from_bot() if "passed it on" in text_of(m)]) == 1
    await town.ben.all_read()
    await town.ama.sends("album", count=2)
    await town.ben.hears_nothing()
    await town.ama.says("[For Ben]")
    assert ["photo" in message for message in (await town.ben.from_bot())[-2:]] == [True] * 2
    await town.ben.all_read()


async def test_a_reply_does_not_disturb_another_conversation(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ama.says("/help", "[Something at home is broken]")
    await town.ama.replies("The gate is open", to=living)
    await town.ben.hears("Ama: The gate is open")
    await town.ama.says("The tap drips")
    await town.ama.sees("I've noted it (1 part)")
    await town.ben.hears_nothing()


async def test_while_something_confidential_is_told_nothing_is_passed_on(town: TestTown) -> None:
    await taken(town)
    living = await town.ama.sees("Ben has it")
    await town.ama.says("/help", "[I'd rather say it privately]", "[Yes]")
    await town.ama.replies("pomegranate", to=living)
    await town.ben.does_not_see("pomegranate")
    await town.ben.hears_nothing()


async def test_the_word_for_the_door_is_read_by_each_in_their_own_language(town: TestTown) -> None:
    await taken(town)
    await town.ama.says("/menu")
    await town.ama.taps("中文")
    held = await town.ben.sees("At the door, say this word first")
    word = text_of(held).split("say this word first: ")[1].splitlines()[0]
    await town.ben.taps("At the door")
    chinese = next(named["zh_Hans"] for named in DOOR_WORDS if named["en"] == word)
    await town.ama.hears("Ben", chinese)
