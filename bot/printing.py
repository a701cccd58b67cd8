"""What an officer prints at the command line for the doors of buildings."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import NotAnswering
from bot.not_opened import NO_ANSWER
from bot.operating import Stopped, learn_bots_name, out, reader, ready_app
from desk import posters
from domain.refusals import Refusal
from domain.words import _

NO_FILE = _("Where shall it be written? For example: {example}")
ALL_OF_THEM = _("That would be every poster of the desk. Name the place with --unit, or a building as well.")


def print_posters(
    language: str, file: Path | None, unit: str | None, building: str | None, renew: bool, revoke: bool
) -> int:
    """A page for each building. Made anew or revoked, what hangs there leads nowhere from now on."""
    say = reader(language)
    if file is None and not revoke:
        raise Stopped(say.label(NO_FILE(example="linli posters posters.pdf --unit ankang")))
    if (renew or revoke) and unit is None:
        raise Stopped(say.label(ALL_OF_THEM))
    app = ready_app(language)
    try:
        asyncio.run(learn_bots_name(app))
        with app.writer.begin() as conn:
            desk = app.desk_for(conn)
            change = posters.revoke_one if revoke else posters.renew_one
            changed = [change(desk, each) for each in posters.make_posters(desk, unit, building) if renew or revoke]
            views = [] if revoke else posters.to_be_printed(desk, unit, building)
            if file is not None and not revoke:
                from bot.paper_posters import posters as drawn  # draws: whoever only revokes does not wait for it

                file.write_bytes(drawn(desk, views))
    except OSError:
        raise Stopped(say.label(_("{path} cannot be written.")(path=str(file)))) from None
    except NotAnswering:
        raise Stopped(say.label(NO_ANSWER)) from None
    except Refusal as found:
        raise Stopped(say.label(found.said)) from None
    finally:
        app.writer.dispose()
    if revoke:
        gone = _("{count} poster leads nowhere from now on.", "{count} posters lead nowhere from now on.")
        out(say.label(gone(count=sum(changed))))
    else:
        done = _("{file}: {count} poster.", "{file}: {count} posters.")
        out(say.label(done(file=str(file), count=len(views))))
    return 0
