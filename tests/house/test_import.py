"""Hostile and honest lists, the card an officer taps, and the household cards that come off the printer."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import Any, TypeVar

import pytest
from aiogram.types import Chat, Document, Message, User
from openpyxl import Workbook
from pypdf import PdfReader

from bot.handlers import import_file
from bot.importing import LARGEST, ROWS, NotAList, TooLarge, Unsafe, read_table
from bot.importing import import_file as import_at_once
from bot.paper import household_cards
from desk import households, lists
from desk.front import CardRefresh, Desk
from domain.households import Address, grouped
from domain.people import Person
from domain.refusals import AlreadyDone, NotAllowed, Refusal
from domain.spreadsheet import check_rows
from tests.conftest import AtDesk, left_out
from tests.deeds.cast import add_account, give

T = TypeVar("T")
TABLE = [["unit", "building", "room"], ["ankang", "3", "201"], ["haitang", "12 Harbour Road", ""]]
STANDING = [Address("ankang", "3", "201"), Address("haitang", "12 Harbour Road")]


def xlsx(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one more part in it, or another one in its place."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, content)
    return written.getvalue()


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_is_read_as_words() -> None:
    rows = [["unit", "building", "room"], ["ankang", 3, 201.0], [], ["haitang", "12 Harbour Road", None]]
    assert read_table(xlsx(rows), "list.xlsx") == [
        ["unit", "building", "room"],
        ["ankang", "3", "201"],
        [],
        ["haitang", "12 Harbour Road"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_offices_save_it(encoding: str, delimiter: str, desk_file: Any) -> None:
    written = "\r\n".join(delimiter.join(row) for row in (["社区", "楼栋", "房号"], ["安康社区", "3幢", "201室"]))
    found = check_rows(read_table(written.encode(encoding), "名单.csv"), desk_file)
    assert found == ([Address("ankang", "3", "201")], [])


def test_a_formula_imports_nothing(desk_file: Any) -> None:
    rows = [*TABLE[:1], ["ankang", '=HYPERLINK("http://evil.example")', "1"], ["ankang", "3", "=1+1"]]
    written = "\n".join(",".join(row) for row in rows)
    for data, name in ((xlsx(rows), "a.xlsx"), (written.encode(), "a.csv")):
        good, faults = check_rows(read_table(data, name), desk_file)
        assert (good, [fault.line for fault in faults]) == ([], [2, 3])


PLAIN = xlsx(TABLE)
ROOT = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (with_part(PLAIN, "xl/vbaProject.bin", b"Sub Auto_Open()"), Unsafe),
        (with_part(PLAIN, "xl/externalLinks/externalLink1.xml", b"<externalLink/>"), Unsafe),
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", ROOT), Unsafe),
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 30_000_000), TooLarge),
        (with_part(PLAIN, "xl/worksheets/sheet1.xml", b"<worksheet"), NotAList),
        (with_part(b"PK\x05\x06" + b"\0" * 18, "readme.txt", b"hello"), NotAList),
        (PLAIN[:-40], NotAList),
        (b"\xd0\xcf\x11\xe0 an old workbook", NotAList),
        (b"%PDF-1.4\0\0\0", NotAList),
        (b"a,b\n" * (LARGEST // 4 + 1), TooLarge),
        (b"ankang,3,201\n" * (ROWS + 2), TooLarge),
    ],
    ids=["macro", "link", "doctype", "bomb", "broken", "zip", "cut", "xls", "pdf", "large", "long"],
)
def test_what_is_hostile_or_no_list_is_refused_with_a_sentence(data: bytes, refused: type[Refusal]) -> None:
    with pytest.raises(refused):
        read_table(data, "list.xlsx" if data[:2] == b"PK" else "list.csv")


def test_a_sheet_that_claims_a_million_rows_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(TooLarge):
        read_table(xlsx([["unit", "building", "room"], *[["ankang", each, ""] for each in range(ROWS + 5)]]), "a.xlsx")


def test_the_command_line_says_what_it_would_do_and_does_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert import_at_once(desk, PLAIN, "a.xlsx", dry=True).blanks["lines"][0].blanks == {"count": 2}
        assert households.with_cards(desk) == []
        import_at_once(desk, PLAIN, "a.xlsx", dry=False)
        assert {each.at for each, _code in households.with_cards(desk)} == set(STANDING)
        assert (
            import_at_once(desk, PLAIN, "a.xlsx", dry=False).blanks["lines"][0].blanks["lines"][0].blanks["count"] == 0
        )


# ── sent to the bot ─────────────────────────────────────────────────────────────────────────────────────────────────


class Jobs:
    """Runs each job at once; its deeds stand in real transactions."""

    def __init__(self, at_desk: AtDesk, files: dict[str, bytes]) -> None:
        self.at_desk, self.files = at_desk, files
        self.begun: list[Callable[[], Awaitable[None]]] = []
        self.said: list[object] = []

    def start(self, job: Callable[[], Awaitable[None]]) -> None:
        self.begun.append(job)

    async def fetch_file(self, file_id: str) -> bytes:
        return self.files[file_id]

    async def do(self, errand: Callable[[Desk], T]) -> T:
        with self.at_desk() as desk:
            result = errand(desk)
            self.said.extend(desk.said)
            return result


def sent(person: Person, file_id: str, name: str) -> Message:
    assert person.telegram_id is not None
    return Message(
        message_id=1,
        date=datetime.now(UTC),
        chat=Chat(id=person.telegram_id, type="private"),
        from_user=User(id=person.telegram_id, is_bot=False, first_name=person.called),
        document=Document(file_id=file_id, file_unique_id=file_id, file_name=name, file_size=1),
    )


async def send(at_desk: AtDesk, jobs: Jobs, person: Person, file_id: str, name: str) -> bool:
    """As the dispatcher would: the filter, the handler, the commit, and then the job."""
    message = sent(person, file_id, name)
    with at_desk() as desk:
        if not await import_file.SentList()(message, desk, person):
            return False
        await import_file.sent_list(message, desk, person, jobs)
        after = list(desk.after)
        assert jobs.begun == []  # nothing is fetched before the commit
    for each in after:
        each()
    for job in jobs.begun:
        await job()
    jobs.begun.clear()
    return True


async def test_an_officer_sends_a_list_sees_the_dry_run_and_imports_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        eli, ama = add_account(desk, 15, "Eli"), add_account(desk, 11, "Ama")
        give(desk, eli, "officer")
    faulty = xlsx([*TABLE, ["nowhere", "1", "1"]])
    jobs = Jobs(at_desk, {"one": faulty, "two": b"\xd0\xcf\x11\xe0"})
    assert not await send(at_desk, jobs, ama, "one", "list.xlsx")
    assert not await send(at_desk, jobs, eli, "one", "poem.txt")
    assert await send(at_desk, jobs, eli, "one", "list.xlsx")
    assert [type(said) for said in jobs.said] == [CardRefresh]
    with at_desk() as desk:
        face = import_file.paint_list(desk, eli.id, 15)
        assert face is not None
        assert [button.data for button in face.buttons] == ["hl:yes", "hl:no"]
        said = face.text.blanks["lines"][1].blanks["lines"]
        assert [text.blanks.get("count") for text in said] == [2, 1, None]
        assert said[2].blanks["line"] == "4"
        assert households.with_cards(desk) == []
        with pytest.raises(NotAllowed):
            lists.accept(desk, ama)
        assert lists.accept(desk, eli) == 2
        assert len(households.with_cards(desk)) == 2
        with pytest.raises(AlreadyDone):
            lists.accept(desk, eli)
    assert await send(at_desk, jobs, eli, "two", "old.xls")
    with at_desk() as desk:
        face = import_file.paint_list(desk, eli.id, 15)
        assert face is not None
        assert face.text.blanks["lines"][1] == NotAList.text
        assert [button.data for button in face.buttons] == ["hl:again", "hl:no"]


async def test_a_file_that_could_not_be_fetched_can_be_fetched_again(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        eli = add_account(desk, 15, "Eli")
        give(desk, eli, "officer")
    jobs = Jobs(at_desk, {})
    with pytest.raises(KeyError):
        await send(at_desk, jobs, eli, "one", "list.csv")
    jobs.begun.clear()
    with at_desk() as desk:
        known = lists.find_list(desk, eli.id)
        assert known is not None and known.state == lists.UNREAD
        lists.again(desk, eli)
    jobs.files["one"] = b"unit,building\nankang,3"
    await import_file.fetch_and_read(jobs, desk.file, eli, "one", "list.csv")
    with at_desk() as desk:
        known = lists.find_list(desk, eli.id)
        assert known is not None and known.addresses == [Address("ankang", "3")]


# ── printed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_household_cards_can_be_read_and_printed(at_desk: AtDesk, tmp_path: Path, language: str) -> None:
    with at_desk() as desk:
        households.let_stand(desk, [Address("ankang", "3", str(200 + each)) for each in range(11)])
        desk.file = replace(desk.file, languages=(language,))
        pdf = household_cards(desk, "ankang")
        codes = [grouped(code) for _home, code in households.with_cards(desk, "ankang")]
        nothing = household_cards(desk, "haitang")
    pages = PdfReader(io.BytesIO(pdf)).pages
    texts = [page.extract_text() for page in pages]
    assert len(pages) == 2
    assert [code for code in codes if code in texts[0]] == codes[:10]
    assert codes[10] in texts[1]
    desk_name, address = ("东港邻里", "203") if language == "zh_Hans" else ("Donggang Neighbours", "room 203")
    assert desk_name in texts[0] and address in texts[0].replace("\n", " ") and "@linli_bot" in texts[0]
    assert len(PdfReader(io.BytesIO(nothing)).pages) == 1
    if which("pdftoppm") is None:
        left_out("pdftoppm")
    (tmp_path / "cards.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "50", "-gray", "cards.pdf", "card"], cwd=tmp_path, check=True, timeout=60)
    drawn = sorted(tmp_path.glob("card-*.pgm"))
    assert len(drawn) == 2
    assert min(drawn[0].read_bytes()[20:]) < 100 < max(drawn[0].read_bytes()[20:])  # something dark on something light
