"""Keeps the catalogues whole: every sentence of the desk stands in every language, with the same blanks.

`python -m bot.catalogues` checks them and says what is missing; with `update` it first writes new sentences into the
`.po` files, where a translator finds them with an empty `msgstr`.
"""

from __future__ import annotations

import re
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po, write_po

from bot.words import LOCALES, SOURCE, known_languages

ROOMS = ("bot", "desk", "domain")
KEYWORDS = parse_keywords(["_:1,1t", "_:1,2"])
TAG = re.compile(r"</?[a-z]+>")


def sentences() -> Catalog:
    """Every sentence that stands in the code."""
    found = Catalog(charset="utf-8")
    for room in ROOMS:
        folder = Path(__file__).parent.parent / room
        methods = [("**.py", "python")]
        for _file, _line, msgid, _comments, _context in extract_from_dir(folder, methods, keywords=KEYWORDS):
            if msgid != "":
                found.add(msgid)
    return found


def read(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "desk.po").open("rb") as po:
        return read_po(po, locale=language)


def update(language: str, found: Catalog) -> None:
    """New sentences are added, those that are gone are dropped, translations stay."""
    catalogue = read(language)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with (LOCALES / language / "LC_MESSAGES" / "desk.po").open("wb") as po:
        write_po(po, catalogue, width=0, no_location=True, sort_output=True, omit_header=False)


def faults_of(language: str, found: Catalog) -> list[str]:
    """What is missing from this language, or says something else than its sentence asks for."""
    catalogue = read(language)
    faults = []
    for message in found:
        if not message.id:
            continue
        there = catalogue.get(message.id)
        name = _msgid(message)
        if there is None:
            faults.append(f"{language}: missing: {name!r}")
        elif language != SOURCE and (there.fuzzy or not all(_strings(there))):
            faults.append(f"{language}: not translated: {name!r}")
        elif any(said and _parts(said) != _parts(asked) for said in _strings(there) for asked in _ids(message)[-1:]):
            faults.append(f"{language}: other blanks or tags than its sentence: {name!r}")
    known = {_msgid(message) for message in found}
    faults += [
        f"{language}: not in the code any more: {_msgid(m)!r}" for m in catalogue if m.id and _msgid(m) not in known
    ]
    return faults


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id or ())


def _msgid(message: Message) -> str:
    return _ids(message)[0]


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _parts(sentence: str) -> tuple[set[str], list[str]]:
    """The blanks of a sentence, and its tags."""
    blanks = {name for _text, name, _form, _conversion in string.Formatter().parse(sentence) if name}
    return blanks - {"count"}, sorted(TAG.findall(sentence))


def main(arguments: list[str]) -> int:
    found = sentences()
    languages = known_languages()
    if "update" in arguments:
        for language in languages:
            update(language, found)
    faults = [fault for language in languages for fault in faults_of(language, found)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(f"{len(found)} sentences in {', '.join(languages)}: {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
