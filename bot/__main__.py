"""The command `linli`: run, demo, check, init and what else an operator needs."""

from __future__ import annotations

import argparse
import asyncio
import gc
import locale
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> None:
    parser = build_parser()
    given = parser.parse_args(arguments)
    try:
        sys.exit(given.does(given))
    except KeyboardInterrupt:
        sys.exit(130)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linli", description="A service desk for a neighbourhood, on Telegram.")
    parser.add_argument("--lang", default=own_language(), choices=["zh_Hans", "en"], help="language of what is printed")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, does: object, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.add_argument("--lang", default=argparse.SUPPRESS, choices=["zh_Hans", "en"])
        added.set_defaults(does=does)
        return added

    demo = command("demo", _demo, "an invented town in your browser: no account, no token, no network")
    demo.add_argument("--port", type=int, default=8100, help="where the page is (0: any free port)")
    demo.add_argument("--data", type=Path, default=Path("var/demo"), help="a folder of its own, emptied at every start")
    demo.add_argument("--play", nargs="?", const="", metavar="STORY", help="act a story here, or list them")
    command("init", _init, "begin: the bot's token, a desk file, a link for the first officer")
    command("check", _check, "is the desk file sound, is anything missing?")
    running = command("run", _run, "run the desk")
    running.add_argument(
        "--worker",
        action="store_true",
        help="one of several on the same PostgreSQL (LINLI_DATABASE_URL) with the same LINLI_KEY: all of them handle "
        "what people write; one fetches, one sends, one watches the clocks, and another takes over when it ends",
    )
    command("audit", _audit, "prove the whole ledger of points")
    importing = command("import", _import, "read a spreadsheet of buildings and rooms")
    importing.add_argument("file", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    cards = command("cards", _cards, "print the households' cards as a PDF")
    cards.add_argument("file", type=Path)
    cards.add_argument("--unit", help="only this community, by its key in the desk file")
    cards.add_argument("--counter", action="store_true", help="the cards that a station keeper scans")
    posters = command("posters", _posters, "print a poster for the door of each building as a PDF")
    posters.add_argument("file", type=Path, nargs="?", help="not needed with --revoke")
    posters.add_argument("--unit", help="only this place and those in it, by its key in the desk file")
    posters.add_argument("--building", help="only this building, as the list of buildings has it")
    posters.add_argument("--renew", action="store_true", help="make them anew: what hangs there leads nowhere")
    posters.add_argument("--revoke", action="store_true", help="what hangs there leads nowhere, and nothing is printed")
    shelves = command("items", _items, "the market's shelves as a spreadsheet")
    shelves.add_argument("way", choices=["export", "import"], help="write the file, or read it")
    shelves.add_argument("file", type=Path)
    shelves.add_argument("--dry-run", action="store_true", help="say what importing would change, and change nothing")
    counter = command("counter", _counter, "print what may be collected at the market, for a day without a network")
    counter.add_argument("file", type=Path)
    counter.add_argument("--station", type=int, help="only this station, by its number")
    taking = command("backup", _backup, "copy everything into one file, while the desk runs")
    taking.add_argument("file", type=Path)
    putting_back = command("restore", _restore, "put a backup back where there is no database yet")
    putting_back.add_argument("file", type=Path)
    return parser


def own_language() -> str:
    """The operator's own language, as the machine knows it."""
    known = locale.getlocale()[0] or os.environ.get("LANG", "")
    return "zh_Hans" if known.lower().startswith(("zh", "chinese")) else "en"


def _demo(given: argparse.Namespace) -> int:
    from bot import not_opened
    from bot.demo import showing
    from bot.demo.folder import CannotBegin
    from bot.demo.stories import STORIES
    from bot.logs import set_up_logs

    set_up_logs("WARNING")
    if given.play is not None and given.play not in STORIES:
        showing.list_stories()
        return 0 if given.play == "" else 2
    try:
        if given.play is not None:
            return 0 if asyncio.run(showing.act(given.play, given.lang, given.data)) else 1
        asyncio.run(showing.show(given.lang, given.port, given.data))
    except CannotBegin as why:
        sys.stderr.write(f"{not_opened.in_words(given.lang, why.said)}\n")
        return 2
    return 0


def _operated(name: str, given: argparse.Namespace, *arguments: object) -> int:
    from sqlalchemy.exc import OperationalError

    from bot import keeping, not_opened, operating, printing

    does = next(getattr(room, name) for room in (operating, keeping, printing) if hasattr(room, name))
    try:
        return does(given.lang, *arguments) or 0
    except operating.Stopped as stopped:
        for sentence in stopped.sentences:
            sys.stderr.write(f"{sentence}\n")
        return operating.BAD_SETTINGS
    except OperationalError as fault:
        sys.stderr.write(f"{not_opened.why_not(given.lang, fault)}\n")
        return operating.BAD_SETTINGS


def _init(given: argparse.Namespace) -> int:
    return _operated("init", given)


def _check(given: argparse.Namespace) -> int:
    return _operated("check", given)


def _run(given: argparse.Namespace) -> int:
    gc.disable()  # looking for garbage would take a sixth of the start; the desk looks once it is open
    return _operated("run", given, given.worker)


def _audit(given: argparse.Namespace) -> int:
    return _operated("audit", given)


def _import(given: argparse.Namespace) -> int:
    return _operated("import_buildings", given, given.file, given.dry_run)


def _cards(given: argparse.Namespace) -> int:
    return _operated("print_cards", given, given.file, given.unit, given.counter)


def _posters(given: argparse.Namespace) -> int:
    return _operated("print_posters", given, given.file, given.unit, given.building, given.renew, given.revoke)


def _items(given: argparse.Namespace) -> int:
    if given.way == "export":
        return _operated("export_items", given, given.file)
    return _operated("import_items", given, given.file, given.dry_run)


def _counter(given: argparse.Namespace) -> int:
    return _operated("print_counter", given, given.file, given.station)


def _backup(given: argparse.Namespace) -> int:
    return _operated("take_backup", given, given.file)


def _restore(given: argparse.Namespace) -> int:
    return _operated("restore_backup", given, given.file)


if __name__ == "__main__":
    main()
