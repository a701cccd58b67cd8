"""What neighbours report is judged in the chat: by taps and short talks, and nothing of who told us reaches a group."""

from __future__ import annotations

from sandbox.phones import Phone, text_of
from tests.town import TestTown

NAME, WORDS = "Zanzibar", "Zanzibar Jones from 404 throws his bags here"


async def reports(phone: Phone, kind: str, words: str, *more: str) -> None:
    heading = "[Something uncivil]" if kind.startswith("Litter") else "[Something dangerous]"
    await phone.says("/report", heading, f"[{kind}]")
    await phone.sends("photo", caption=words)
    await phone.says("[That's all]")
    await phone.sends("location", latitude=29.95, longitude=122.3)
    await phone.says(*more)


async def told_to_groups(town: TestTown) -> str:
    """Everything that was ever sent to a group, but for where it went."""
    calls = await town.demo.town.calls()
    to_groups = [call["params"] for call in calls if str(call["params"].get("chat_id", "")).startswith("-")]
    assert to_groups
    return str([{name: value for name, value in each.items() if name != "chat_id"} for each in to_groups])


async def test_of_what_is_uncivil_no_group_and_no_volunteer_reads_who_told_us_or_whom_they_named(
    town: TestTown,
) -> None:
    await reports(town.faye, "Litter", WORDS, "[Rather not]", "[Yes, 14 or older]", "[Yes, send it]")
    await town.wait(minutes=1)
    await town.hugo.hears("A report. Please have a look", WORDS)
    await town.hugo.says("[Accept]", "Bags beside the gate of building 1")
    await town.hugo.says("[No, keep them back]", "[Yes, ask them]")
    await town.hugo.hears("There is no team for it here")  # only Ankang has neighbours who take it
    await town.hugo.says("[Give it to…]", "[Team: Donggang Handy People]")
    card = await town.handy.sees("Litter", "Haitang Community", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    held = await town.ben.hears("Bags beside the gate of building 1")
    assert "a picture" not in text_of(held)
    for chat in (town.ben, town.volunteers, town.handy, town.care):
        await chat.does_not_see(NAME, "Faye", WORDS)
        assert not [message for message in await chat.from_bot() if "photo" in message]
    await town.ben.says("[Done]")
    await town.ben.sends("photo", caption="All gone")
    await town.ben.says("[That's all]")
    await town.faye.says("[Yes, it's mended]")
    await town.ben.does_not_see(NAME, "Faye")
    told = await told_to_groups(town)
    assert not any(secret in told for secret in (NAME, "Faye", str(town.faye.id), "Bags beside"))
    for chat in (town.faye, town.hugo, town.ben, town.handy):
        await chat.all_read()


LAMP = ("[Rather not]", "[Yes, 14 or older]", "[Yes, send it]")


async def test_two_supervisors_tap_and_one_of_them_has_judged_it(town: TestTown) -> None:
    await reports(town.faye, "A lamp is out", "It is dark on the stairs", *LAMP)
    await town.wait(minutes=1)
    await town.hugo.hears("It is dark on the stairs", buttons=["Accept", "Nothing to be done"])
    await town.gita.says("/queue", "[A lamp is out]", "[Nothing to be done]", "[We could not find it]")
    await town.hugo.says("[Accept]")
    town.hugo.is_told("Donggang Handy People has been asked.")
    await town.faye.hears("it is being seen to")
    await town.gita.says("[Yes, tell them]")
    await town.gita.hears("This report has been looked at meanwhile", "Nobody has taken it yet")
    await town.faye.does_not_see("could not find it")
    card = await town.handy.sees("A lamp is out", "Haitang", buttons=["I'll take it"])
    assert "dark" not in text_of(card) and "Faye" not in await told_to_groups(town)
    for chat in (town.faye, town.hugo, town.gita, town.handy):
        await chat.all_read()


async def test_asked_first_merged_taken_apart_and_referred_each_hears_once(town: TestTown) -> None:
    await reports(town.faye, "A lamp is out", "Dark on the stairs", *LAMP)
    await town.joins(town.ama)
    await reports(
        town.ama, "A lamp is out", "No light by the door", "[Haitang Community]", "[It is something else]", *LAMP
    )
    await town.wait(minutes=1)
    first = await town.hugo.hears("Dark on the stairs", buttons=["Ask whoever reported it"])
    await town.hugo.taps("Ask whoever reported it", on=first)
    await town.hugo.says("Which floor?")
    await town.faye.hears("There is a question: “Which floor?”", buttons=["Answer"])
    await town.faye.says("[Answer]", "The second", "[That's all]")
    await town.hugo.hears("The answer about", "The second")
    second = await town.hugo.sees("No light by the door", buttons=["Same as…"])
    await town.hugo.taps("Same as…", on=second)
    await town.hugo.says("[since 10:00]")
    await town.ama.hears("somebody told us of the same thing before you")
    await town.hugo.taps("Not the same after all", on=await town.hugo.sees(buttons=["Not the same after all"]))
    await town.ama.hears("it is not the same as", "after all")
    await town.wait(minutes=1)
    again = await town.hugo.sees("No light by the door", buttons=["Not ours: refer to…"])
    await town.hugo.taps("Not ours: refer to…", on=again)
    await town.hugo.says("[The power company]", "[They know now]")
    await town.ama.hears("The power company looks after this", "95598", "They mean to see to it by 12:02")
    await town.faye.does_not_see("power company", "same thing")
    said = [text_of(message) for message in await town.ama.from_bot()]
    for once in ("of the same thing before you", "after all, so we look", "The power company looks after this, and"):
        assert sum(once in each for each in said) == 1, once
    assert await town.handy.from_bot() == []  # nothing was ever accepted
    for chat in (town.faye, town.ama, town.hugo):
        await chat.all_read()
