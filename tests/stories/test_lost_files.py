"""Telegram keeps pictures and voices: what it does not hand out any more is said, and nothing else is lost."""

from __future__ import annotations

import pytest

from bot.post.outcomes import PermanentlyRefused, is_without_file
from sandbox.phones import text_of
from tests.stories.test_asking import ASK
from tests.stories.test_talking import taken
from tests.town import TestTown

LOST = "There was a picture or a recording here that I can't show any more"


def forgets_files(town: TestTown) -> None:
    """As with another bot: every file that was sent to this one is unknown to Telegram."""
    files = town.demo.sandbox.world.files
    files.by_id.clear()
    files.photos.clear()


async def test_the_holder_is_told_that_a_picture_is_missing_and_has_everything_else(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:3])
    await town.ama.sends("photo")
    await town.ama.sends("voice")
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    forgets_files(town)
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries"))
    await town.ben.hears("No rice, my leg hurts", "Ankang, building 3, room 201")
    told = [message for message in await town.ben.from_bot() if LOST in text_of(message)]
    assert len(told) == 2
    await town.ama.all_read()
    await town.ben.replies("Could you send me the picture once more?", to=told[0])
    heard = await town.ama.hears("Ben: Could you send me the picture once more?")
    await town.ama.sends("photo", reply_to=heard["message_id"])
    assert "photo" in (await town.ben.from_bot())[-1]
    await town.ben.all_read()


@pytest.mark.parametrize("kind", ["photo", "voice", "video", "video_note", "audio"])
async def test_words_that_came_with_it_arrive_without_it(town: TestTown, kind: str) -> None:
    await taken(town)
    await town.ama.says("[Write to Ben]")
    words = {} if kind == "video_note" else {"caption": "At the <gate>"}
    await town.ama.sends(kind, **words)
    forgets_files(town)
    await town.ama.says("[That's all]")
    heard = await town.ben.hears(LOST)
    if words:
        assert text_of(heard).startswith("Ama: At the <gate>")
    await town.ben.hears("Ama")
    await town.ama.sees("I've passed it on to Ben")


async def test_a_part_of_a_case_that_is_lost_is_said_and_goes_with_the_story(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[I'd rather say it privately]", "[Yes]")
    await town.ama.says("[No, I'll ask here with a word of my own]", "[Ankang Community]", "[Ankang Community]")
    await town.ama.says("[Nobody else]", "zebra")
    await town.ama.sends("photo")
    await town.ama.says("[That's all]", "pomegranate", "[Pass it on]")
    forgets_files(town)
    await town.wait(minutes=1)
    await town.dina.taps("Open")
    await town.dina.sees("zebra", "a picture")
    await town.dina.sees(LOST)
    await town.dina.says("[Put away]")
    await town.dina.does_not_see(LOST, "zebra")


@pytest.mark.parametrize(
    ("words", "so"),
    [
        ("Bad Request: wrong file identifier/HTTP URL specified", True),
        ("Bad Request: wrong remote file identifier specified: Wrong padding in the string", True),
        ("Bad Request: can't use file of type Photo as Voice", True),
        ("Bad Request: FILE_REFERENCE_EXPIRED", True),
        ("Bad Request: VOICE_MESSAGES_FORBIDDEN", True),
        ("Bad Request: message text is empty", False),
    ],
)
def test_what_telegram_says_of_files(words: str, so: bool) -> None:
    assert is_without_file(PermanentlyRefused(400, words)) is so
