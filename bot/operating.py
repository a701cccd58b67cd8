"""What an operator does at the command line: begin, check, run, import, print cards, prove the ledger."""

from __future__ import annotations

import asyncio
import getpass
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot.app import App, NotAnswering
from bot.importing import import_file
from bot.logs import set_up_logs
from bot.paper import household_cards
from bot.settings import Settings, SettingsFaults, read_settings
from bot.words import Reader
from desk import invitations
from desk.holes import holes
from domain.desk_file import DeskFile, DeskFileFaults, read_desk_file
from domain.refusals import Refusal
from domain.shipped import shipped_desk_file
from domain.words import Text, _
from storage import points, schema
from storage.lock import AnotherIsRunning
from storage.schema import NewerSchema

BAD_SETTINGS = 2
NO_ANSWER = _("Telegram does not answer, or does not know this token. Look at LINLI_BOT_TOKEN and LINLI_BOT_API.")


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


def desk_file_or_stop(settings: Settings, language: str) -> DeskFile:
    try:
        return read_desk_file(settings.desk.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        said = _("{path} cannot be read. `linli init` writes one, or set LINLI_DESK to where yours is.")
        raise Stopped(reader(language).label(said(path=str(settings.desk)))) from None
    except DeskFileFaults as found:
        say = reader(language)
        faults = [f"{settings.desk}:{fault.line}: {say.label(fault.text)}" for fault in found.faults]
        raise Stopped(*faults) from None


def app_or_stop(settings: Settings, file: DeskFile, language: str) -> App:
    if not settings.token():
        raise Stopped(
            reader(language).label(_("The bot's token is missing. Run `linli init`, or set LINLI_BOT_TOKEN."))
        )
    return App(settings, file)


def init(language: str) -> None:
    """1. the token 2. is it a bot's? 3. the desk file 4. the database 5. a link for the first officer."""
    settings = settings_or_stop()
    say = reader(language)
    token = settings.token()
    if not token:
        out(say.label(_("Which token did @BotFather give your bot? (It is not shown while you type.)")))
        token = (getpass.getpass("> ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
        try:
            Settings.model_validate({"bot_token": token})
        except ValueError:
            raise Stopped(
                say.label(_("That is not a token: a number, a colon and letters, as @BotFather sent it."))
            ) from None
        if not token:
            raise Stopped(say.label(_("Without a token the bot cannot speak. Ask @BotFather with /newbot.")))
        settings.keep_token(token)
    if settings.desk.exists():
        out(say.label(_("{path} is there already and stays as it is.")(path=str(settings.desk))))
    else:
        settings.desk.write_text(shipped_desk_file(f"desk.{language}"), encoding="utf-8")
        out(say.label(_("{path} is written. It works as it is; change it to fit your place.")(path=str(settings.desk))))
    file = desk_file_or_stop(settings, language)
    link = asyncio.run(_first_link(app_or_stop(settings, file, language)))
    if link is None:
        out(say.label(_("The desk has an officer already. `linli run` starts it.")))
    else:
        out(say.label(_("Start the desk with `linli run`, then open this link within 24 hours: it makes you the first officer.")))
        out(link)


async def _first_link(app: App) -> str | None:
    try:
        await app.learn_name()
        with app.writer.begin() as conn:
            return invitations.first_officer_link(app.desk_for(conn))
    finally:
        await app.office.wire.close()
        await app.close_databases()


def check(language: str) -> int:
    """Every fault of environment, desk file and set-up. 0: sound; 1: there is something to mend."""
    faults: list[str] = []
    say = reader(language)
    try:
        settings = settings_or_stop()
        file = desk_file_or_stop(settings, language)
    except Stopped as found:
        for sentence in found.sentences:
            out(sentence)
        return BAD_SETTINGS
    if not settings.token():
        faults.append(say.label(_("The bot's token is missing. Run `linli init`, or set LINLI_BOT_TOKEN.")))
    faults += [say.label(hole) for hole in _holes(settings, file)]
    for fault in faults:
        out(fault)
    counted = _("{path}: {units} places, {categories} things to ask for, {ladders} ladders.")
    out(
        say.label(
            counted(
                path=str(settings.desk),
                units=len(file.units),
                categories=len(file.categories),
                ladders=len(file.ladders),
            )
        )
    )
    out(say.label(_("Everything is sound.") if not faults else _("There is something to mend.")))
    return 1 if faults else 0


def _holes(settings: Settings, file: DeskFile) -> list[Text]:
    app = App(settings, file)
    try:
        with app.writer.connect() as conn:
            if schema.revision_of(conn) is None:
                return []
            return holes(app.desk_for(conn))
    except SQLAlchemyError:
        return [_("The database cannot be reached. Look at LINLI_DATABASE_URL and LINLI_DATA.")]
    finally:
        app.writer.dispose()


def run(language: str) -> None:
    """Until SIGTERM or Ctrl-C."""
    settings = settings_or_stop()
    app = app_or_stop(settings, desk_file_or_stop(settings, language), language)

    async def until_told() -> None:
        stop = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        await app.run(stop)

    say = reader(language)
    try:
        asyncio.run(until_told())
    except NotAnswering:
        raise Stopped(say.label(NO_ANSWER)) from None
    except (AnotherIsRunning, NewerSchema) as found:
        raise Stopped(str(found)) from None


def audit(language: str) -> int:
    """Proves the whole ledger, and names the first wrong row."""
    settings = settings_or_stop()
    app = App(settings, desk_file_or_stop(settings, language))
    with app.writer.connect() as conn:
        faults = points.audit(conn)
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
    except (OSError, Refusal) as found:
        raise Stopped(reader(language).label(found.said) if isinstance(found, Refusal) else str(found)) from None
    finally:
        app.writer.dispose()
    out(reader(language, app.file).label(said))
    return 0


def print_cards(language: str, file: Path, unit: str | None) -> int:
    """A4 pages to cut: the code on each lets a household join."""
    app = ready_app(language)
    try:
        asyncio.run(app.learn_name())
        with app.writer.begin() as conn:
            file.write_bytes(household_cards(app.desk_for(conn), unit))
    except NotAnswering:
        raise Stopped(reader(language).label(NO_ANSWER)) from None
    except Refusal as found:
        raise Stopped(reader(language).label(found.said)) from None
    finally:
        app.writer.dispose()
    out(str(file))
    return 0


def ready_app(language: str) -> App:
    """A desk whose database is up to date, for one deed at the command line."""
    settings = settings_or_stop()
    app = app_or_stop(settings, desk_file_or_stop(settings, language), language)
    schema.upgrade(app.writer)
    return app
