"""What an operator does for the market: the shelves as a spreadsheet, and the counters' lists on paper."""

from __future__ import annotations

from pathlib import Path

from bot.operating import Stopped, out, reader, ready_app
from bot.words import Reader
from desk import counter
from domain.refusals import Refusal
from domain.words import _


def export_items(language: str, file: Path) -> None:
    from bot.items_file import export_items as written

    app = ready_app(language)
    try:
        with app.writer.begin() as conn:
            file.write_bytes(written(app.desk_for(conn)))
    except OSError:
        raise Stopped(reader(language).label(_("{path} cannot be written.")(path=str(file)))) from None
    finally:
        app.writer.dispose()
    out(str(file))


def import_items(language: str, file: Path, dry: bool) -> None:
    """The same file twice changes nothing."""
    from bot.items_file import import_items as read

    app = ready_app(language)
    try:
        with app.writer.begin() as conn:
            said = read(app.desk_for(conn), file.read_bytes(), file.name, dry=dry)
    except OSError:
        raise Stopped(reader(language).label(_("{path} cannot be read.")(path=str(file)))) from None
    except Refusal as found:
        raise Stopped(reader(language).label(found.said)) from None
    finally:
        app.writer.dispose()
    out(reader(language, app.file).label(said))


def print_counter(language: str, file: Path, station: int | None) -> None:
    """Everything that may be collected, at one station or at all of them, in the desk's own language."""
    from bot.counter_list import Listed, counter_list

    app = ready_app(language)
    try:
        with app.writer.begin() as conn:
            desk = app.desk_for(conn)
            drawn = counter_list(
                Reader(desk.file.default_language, desk.file.zone, desk.now),
                Listed.of(desk, counter.waiting_at(desk, station)),
            )
        file.write_bytes(drawn)
    except OSError:
        raise Stopped(reader(language).label(_("{path} cannot be written.")(path=str(file)))) from None
    finally:
        app.writer.dispose()
    out(str(file))
