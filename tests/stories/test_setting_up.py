"""An officer sets the desk up in chat, and whoever has no business in it is told so kindly."""

from __future__ import annotations

from sandbox.phones import Chat, Json
from tests.town import TestTown


def url_on(message: Json) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(button["url"] for row in rows for button in row if "url" in button))


async def a_group_without_the_bot(town: TestTown, title: str) -> Chat:
    return await town.demo.town.group(title, town.ivy, town.ben, town.faye, bot=None)


async def add_mediators(town: TestTown) -> str:
    """Up to the link by which the bot is added to the group; its payload."""
    await town.ivy.says("/setup")
    await town.ivy.sees("Still missing", "Mediators")
    await town.ivy.says("[Add a team]", "[Mediators]", "[Ankang Community]", "Ankang mediators")
    await town.ivy.says("[Everybody in its group]")
    await town.ivy.hears("Ankang mediators", "no group yet", buttons=["Add it to its group"])
    await town.ivy.taps("Add it to its group")
    link = url_on(await town.ivy.hears("choose the group"))
    return link.partition("startgroup=")[2].partition("&")[0]


async def test_a_team_gets_its_group_in_a_few_taps(town: TestTown) -> None:
    payload = await add_mediators(town)
    group = await a_group_without_the_bot(town, "Mediators of Ankang")
    await town.ivy.starts(payload, group=group.id)
    assert await group.from_bot() == []  # until an officer has said yes, not one word
    question = await town.ivy.hears("Is “Mediators of Ankang” the group of Ankang mediators", buttons=["Yes"])
    await town.ivy.taps("Yes", on=question)
    town.ivy.is_told("Ankang mediators", "ready")
    await group.sees("From now on", "Ankang mediators")
    await town.ivy.says("/setup")
    assert "no group yet" not in (await town.ivy.hears("how it is arranged"))["text"]


async def test_a_right_that_is_missing_is_named_and_mended(town: TestTown) -> None:
    payload = await add_mediators(town)
    group = await a_group_without_the_bot(town, "Mediators of Ankang")
    await town.ivy.starts(payload, group=group.id)
    bot = (await town.demo.town.ask("state"))["bot"]["id"]
    await town.demo.town.do("members", group=group.id, user=bot, status="member")
    await town.settle()
    await town.ivy.sees("make me an administrator")
    await town.ivy.taps("Yes")
    town.ivy.is_told("make me an administrator")
    await town.demo.town.do("members", group=group.id, user=bot, status="administrator")
    await town.settle()
    await town.ivy.taps("Yes")
    town.ivy.is_told("ready")
    await group.sees("From now on")


async def test_in_a_strangers_group_the_bot_says_one_sentence_and_leaves(town: TestTown) -> None:
    group = await a_group_without_the_bot(town, "Elsewhere")
    bot = (await town.demo.town.ask("state"))["bot"]["id"]
    await town.demo.town.do("members", group=group.id, user=bot, status="member", by=town.faye.id)
    await town.settle()
    await group.sees("none of its groups")
    assert len([message for message in await group.from_bot() if message.get("text")]) == 1
    members = next(each for each in (await town.demo.town.ask("state"))["groups"] if each["id"] == group.id)["members"]
    assert {each["user_id"]: each["status"] for each in members}.get(bot) in (None, "left")


async def test_a_link_makes_one_supervisor_and_the_next_is_told_whom_to_ask(town: TestTown) -> None:
    await town.ivy.says("/setup", "[Invite a supervisor]", "[Haitang Community]")
    link = (await town.ivy.hears("asks you to be supervisor of Haitang Community"))["text"]
    payload = link.rpartition("start=")[2]
    await town.ama.starts(payload)
    await town.ama.hears("You are now supervisor of Haitang Community")
    await town.ivy.hears("has opened your link")
    await town.faye.starts(payload)
    await town.faye.hears("works only once", "ask whoever sent it")
    await town.faye.says("/setup")
    await town.faye.hears("Only the people in charge")


async def test_whoever_would_like_to_help_asks_and_the_supervisor_answers(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[Groceries]", "No rice", "[That's all]", "Ankang, building 3, room 201", "[Today]")
    await town.ama.says("[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.demo.town.do("members", group=town.volunteers.id, user=town.faye.id, status="member")
    await town.settle()
    await town.faye.taps("I'll take it", on=card)
    await town.faye.hears("Would you like to be one?", buttons=["Ask to join"])
    await town.faye.taps("Ask to join")
    application = await town.dina.hears("Faye would like to be a volunteer", buttons=["Yes, welcome"])
    await town.dina.taps("Yes, welcome", on=application)
    await town.faye.hears("Welcome to Ankang Neighbours")
    await town.faye.taps("I'll take it", on=card)
    town.faye.is_told("yours")
    await town.faye.all_read()
    await town.ama.hears("Faye has taken it")


async def test_when_the_bot_is_thrown_out_of_a_teams_group_what_waits_climbs_at_once(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[Groceries]", "No rice", "[That's all]", "Ankang, building 3, room 201", "[Today]")
    await town.ama.says("[Yes, send it]")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    bot = (await town.demo.town.ask("state"))["bot"]["id"]
    await town.demo.town.do("members", group=town.volunteers.id, user=bot, status="kicked")
    await town.settle()
    await town.ivy.hears("no longer work in the group of Ankang Neighbours")
    await town.dina.hears("no longer work in the group of Ankang Neighbours")
    await town.wait(seconds=1)
    await town.dina.hears("Groceries", buttons=["I've seen it"])
    await town.ama.all_read()
