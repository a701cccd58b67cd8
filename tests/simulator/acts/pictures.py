"""Evidence of every kind is sent: pictures as photos and as files, recordings, and what is neither; and Telegram loses
some of it."""

from __future__ import annotations

from bot.flows.steps import Tell
from sandbox.arguments import Arguments
from sandbox.control import DO
from sandbox.errors import Refused, Unclear
from sandbox.files import Upload
from sandbox.samples import sample
from tests import hostile
from tests.simulator.acts.residents import in_talk, press
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Town

TOLD_IN = ("help", "report", "resolve", "answer")
SENT = ("photo", "video", "voice", "document", "hidden place", "wide", "program", "cut off")
FILES = {
    "hidden place": hostile.with_place,
    "wide": hostile.wide_png,
    "program": hostile.executable,
    "cut off": hostile.truncated,
}


async def shows(play: Play) -> str | None:
    """Somebody who is asked to tell sends a picture, or what calls itself one."""
    town = play.town
    asked = [(user, here) for user in in_talk(town) if user in town.world.people and (here := town.here(user))]
    telling = [user for user, here in asked if isinstance(here.step, Tell) and here.flow.name in TOLD_IN]
    if not telling:
        return None
    user, what = town.chance.choice(telling), town.chance.choice(SENT)
    return f"{town.name(user)} sends {what}" if await sends(town, user, what) else None


async def sends(town: Town, user: int, what: str) -> bool:
    fields = {"user": user, "chat": user, "kind": "document" if what in FILES else what}
    upload = Upload(f"{what}.jpg", FILES[what]()) if what in FILES else sample(what, town.chance.randrange(4))
    town.counted["send"] += 1
    try:
        await DO["send"](town.box, Arguments(fields, {"file": upload}, [("file", upload)]))
    except (Unclear, Refused):
        return False
    return True


async def begins(play: Play) -> str | None:
    """Somebody asks for a repair, of which a picture is kept, and tells of it right away; or reports something."""
    town = play.town
    user = town.anybody()
    command, choices = town.chance.choice((("/help", ("repair",)), ("/report", ("hazard", "lamp"))))
    await town.says(user, command)
    for choice in choices:
        await play.settle()
        here = None if play.machine.dead else town.here(user)
        if here is None or choice not in here.values:
            return f"{town.name(user)} {command}"
        await press(town, user, here, choice)
    await play.settle()
    here = None if play.machine.dead else town.here(user)
    if here is None or not isinstance(here.step, Tell):
        return f"{town.name(user)} {command} {choices}"
    sent = [town.chance.choice(SENT) for _each in range(town.chance.randint(1, 3))]
    for what in sent:
        await sends(town, user, what)
    return f"{town.name(user)} {command} with {', '.join(sent)}"


async def forgets(play: Play) -> str | None:
    """As if the bot were another one: what was sent to it before is unknown to Telegram."""
    files = play.town.world.files
    if not files.by_id:
        return None
    files.by_id.clear()
    files.photos.clear()
    return "all of them"


STEPS = [
    Step("shows", 3, shows),
    Step("begins with a picture", 3, begins),
    Step("Telegram forgets its files", 0.15, forgets, alone=True),
]
