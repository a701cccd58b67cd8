"""What an operator does at the command line: begin, check, run, import, print cards, prove the ledger."""

from __future__ import annotations

import asyncio
import getpass
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from bot.app import App, NotAnswering
from bot.importing import import_file
from bot.logs import set_up_logs
from bot.loop import quick_loop
from bot.not_opened import NO_ANSWER, NO_DATABASE, NOT_OPENED, why_not
from bot.second_channel import missing_settings
from bot.settings import Settings, SettingsFaults, read_settings
from bot.words import Reader
from desk import invitations
from desk.holes import holes
from desk.pickup_codes import wrong_codes
from domain.desk_file import DeskFile, DeskFileFaults, read_desk_file
from domain.refusals import Refusal
from domain.shipped import shipped_desk_file
from domain.words import Text, _
from storage import schema
from storage.audit import CHECKS
from storage.audit import audit as prove
from storage.audit.whole import whole
from storage.copies import NoCopy
from storage.schema import WrongSchema

BAD_SETTINGS = 2
NO_TOKEN = _("The bot's token is missing. Run `linli init`, or set LINLI_BOT_TOKEN.")
NO_WORKERS = _(
    "Several workers need PostgreSQL: set LINLI_DATABASE_URL to postgresql+psycopg://…. On SQLite `linli run` does "
    "everything in one process."
)
DAMAGED = _("The database file is damaged and cannot be read to its end. Restore the latest backup.")


class Stopped(Exception):
    """Something has to be mended first; the sentences were written for whoever runs the desk."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def out(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def reader(language: str, file: DeskFile | None = None) -> Reader:
    return Reader(language, file.zone if file else ZoneInfo("UTC"), datetime.now(UTC))


def settings_or_stop() -> Settings:
    try:
        settings = read_settings()
    except SettingsFaults as found:
        raise Stopped(*found.faults) from None
    set_up_logs(settings.log_level, settings.log_format)
    return settings


def desk_file_or_stop(path: Path, language: str) -> DeskFile:
    try:
        return read_desk_file(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        said = _("{path} cannot be read. `linli init` writes one, or set LINLI_DESK to where yours is.")
        raise Stopped(reader(language).label(said(path=str(path)))) from None
    except DeskFileFaults as found:
        say = reader(language)
        faults = [f"{path}:{fault.line}: {say.label(fault.text)}" for fault in found.faults]
        raise Stopped(*faults) from None


def app_or_stop(settings: Settings, file: DeskFile, language: str) -> App:
    if not settings.token():
        raise Stopped(reader(language).label(NO_TOKEN))
    if missing := missing_settings(settings, file):
        raise Stopped(*(reader(language).label(sentence) for sentence in missing))
    return App(settings, file)


def init(language: str) -> None:
    """1. the desk file 2. the token 3. is it a bot's? 4. the database 5. a link for the first officer.

    Nothing that stands already is changed, so that it may be run again.
    """
    settings = settings_or_stop()
    say = reader(language)
    if settings.desk.exists():
        out(say.label(_("{path} is there already and stays as it is.")(path=str(settings.desk))))
    else:
        write_desk_file(settings, language)
        out(say.label(_("{path} is written. It works as it is; change it to fit your place.")(path=str(settings.desk))))
    file = desk_file_or_stop(settings.desk, language)
    token = settings.token() or ask_token(language)
    app = App(settings.model_copy(update={"bot_token": SecretStr(token)}), file)
    try:
        link = asyncio.run(_first_link(app))
    except NotAnswering:
        raise Stopped(say.label(NO_ANSWER)) from None
    if not settings.token():
        settings.keep_token(token)
    if link is None:
        out(say.label(_("The desk has an officer already. `linli run` starts it.")))
        return
    open_it = _("Start the desk with `linli run`, then open this link within 24 hours: it makes you the first officer.")
    out(say.label(open_it))
    out(link)


def write_desk_file(settings: Settings, language: str) -> None:
    try:
        settings.desk.parent.mkdir(parents=True, exist_ok=True)
        settings.desk.write_text(shipped_desk_file(f"desk.{language}"), encoding="utf-8")
    except OSError:
        said = _("{path} cannot be written. Set LINLI_DESK to a place where it can.")
        raise Stopped(reader(language).label(said(path=str(settings.desk)))) from None


def ask_token(language: str) -> str:
    """Typed without an echo, or read from a pipe; not kept before Telegram knows it."""
    say = reader(language)
    out(say.label(_("Which token did @BotFather give your bot? (It is not shown while you type.)")))
    token = (getpass.getpass("> ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not token:
        raise Stopped(say.label(_("Without a token the bot cannot speak. Ask @BotFather with /newbot.")))
    try:
        Settings.model_validate({"bot_token": token})
    except ValueError:
        wrong = _("That is not a token: a number, a colon and letters, as @BotFather sent it.")
        raise Stopped(say.label(wrong)) from None
    return token


async def _first_link(app: App) -> str | None:
    try:
        await app.learn_name()
        bring_up_to_date(app)
        with app.writer.begin() as conn:
            return invitations.first_officer_link(app.desk_for(conn))
    finally:
        await app.office.wire.close()
        await app.close_databases()


def check(language: str) -> int:
    """Every fault of environment, desk file and set-up. 0: sound; 1: something is missing; 2: it cannot run."""
    say = reader(language)
    settings, file = None, None
    path = Path(os.environ.get("LINLI_DESK") or "desk.toml")
    wrong: list[str] = []
    try:
        settings = settings_or_stop()
        path = settings.desk
    except Stopped as found:
        wrong += found.sentences
    try:
        file = desk_file_or_stop(path, language)
    except Stopped as found:
        wrong += found.sentences
    for sentence in wrong:
        out(sentence)
    if settings is None or file is None:
        return BAD_SETTINGS
    missing = [] if settings.token() else [NO_TOKEN]
    missing += missing_settings(settings, file)
    missing += _holes(settings, file)
    for hole in missing:
        out(say.label(hole))
    counted = _("{path}: places {units}, things to ask for {categories}, ladders {ladders}.")
    numbers = {"units": len(file.units), "categories": len(file.categories), "ladders": len(file.ladders)}
    out(say.label(counted(path=str(settings.desk), **numbers)))
    out(say.label(_("There is something to mend.") if missing else _("Everything is sound.")))
    return 1 if missing else 0


def _holes(settings: Settings, file: DeskFile) -> list[Text]:
    """What set-up has yet to fill, once there is a desk; looking makes nothing."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return []
    app = App(settings, file)
    try:
        with app.writer.connect() as conn:
            return [] if schema.revision_of(conn) is None else holes(app.desk_for(conn))
    except SQLAlchemyError:
        return [NO_DATABASE]
    finally:
        app.writer.dispose()


def run(language: str, worker: bool = False) -> None:
    """Until SIGTERM or Ctrl-C. As a worker only where there may be several."""
    settings = settings_or_stop()
    if worker and make_url(settings.database).get_backend_name() == "sqlite":
        raise Stopped(reader(language).label(NO_WORKERS))
    app = app_or_stop(settings, desk_file_or_stop(settings.desk, language), language)

    async def until_told() -> None:
        stop = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        await app.run(stop)

    try:
        with asyncio.Runner(loop_factory=quick_loop()) as runner:
            runner.run(until_told())
    except NOT_OPENED as found:
        raise Stopped(why_not(language, found)) from None


def audit(language: str) -> int:
    """Proves the whole ledger, and names the first wrong row."""
    settings = settings_or_stop()
    app = App(settings, desk_file_or_stop(settings.desk, language))
    try:
        with app.writer.connect() as conn:
            desk = app.desk_for(conn)
            faults = prove(conn, [*CHECKS, lambda _conn: iter(wrong_codes(desk)), whole])
    except (DatabaseError, ValueError):  # what stands there is no row, or no text
        faults = [reader(language).label(DAMAGED)]
    finally:
        app.writer.dispose()
    say = reader(language)
    for fault in faults:
        out(fault)
    out(say.label(_("The ledger is sound.") if not faults else _("The ledger is not sound.")))
    return 1 if faults else 0


def import_buildings(language: str, file: Path, dry: bool) -> int:
    """The same file twice changes nothing."""
    app = ready_app(language)
    try:
        with app.writer.begin() as conn:
            said = import_file(app.desk_for(conn), file.read_bytes(), file.name, dry=dry)
    except OSError:
        raise Stopped(reader(language).label(_("{path} cannot be read.")(path=str(file)))) from None
    except Refusal as found:
        raise Stopped(reader(language).label(found.said)) from None
    finally:
        app.writer.dispose()
    out(reader(language, app.file).label(said))
    return 0


def print_cards(language: str, file: Path, unit: str | None, counter: bool = False) -> int:
    """A4 pages to cut: the code on each lets a household join; with `counter`, the cards that keepers scan."""
    from bot.paper import cards_for_the_counter, household_cards  # draws: whoever only runs a desk does not wait for it

    app = ready_app(language)
    try:
        asyncio.run(learn_bots_name(app))
        with app.writer.begin() as conn:
            file.write_bytes((cards_for_the_counter if counter else household_cards)(app.desk_for(conn), unit))
    except OSError:
        said = _("{path} cannot be written.")
        raise Stopped(reader(language).label(said(path=str(file)))) from None
    except NotAnswering:
        raise Stopped(reader(language).label(NO_ANSWER)) from None
    except Refusal as found:
        raise Stopped(reader(language).label(found.said)) from None
    finally:
        app.writer.dispose()
    out(str(file))
    return 0


async def learn_bots_name(app: App) -> None:
    """The links on the cards need the bot's name."""
    try:
        await app.learn_name()
    finally:
        await app.office.wire.close()


def ready_app(language: str) -> App:
    """A desk whose database is up to date, for one deed at the command line."""
    settings = settings_or_stop()
    app = app_or_stop(settings, desk_file_or_stop(settings.desk, language), language)
    bring_up_to_date(app)
    return app


def bring_up_to_date(app: App) -> None:
    try:
        schema.upgrade(app.writer)
    except (NoCopy, WrongSchema) as found:
        raise Stopped(str(found)) from None
