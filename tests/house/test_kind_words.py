"""What the desk says about good deeds and problems is kind in both languages: it scolds and suspects nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.catalogues import read, sentences

HOUSE = Path(__file__).parents[2]
FILES = re.compile(r"(good_deed|praise|diary|pairs|problem|who_did_it)")
UNKIND = re.compile(
    r"\b(invalid|error|illegal|forbidden|denied|failed|wrong|must|suspicio\w*|fraud|cheat\w*|violat\w*|punish\w*)\b",
    re.I,
)
UNKIND_CHINESE = re.compile("你(?!们)|无效|错误|非法|禁止|失败|必须|违规|作弊|可疑|处罚|系统|请勿|该用户")


def ours() -> list[str]:
    """Every sentence of these files."""
    rooms = [path for room in ("bot", "desk", "domain") for path in (HOUSE / room).rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in rooms if FILES.search(path.stem))
    joined = re.sub(r'"\s*\n\s*"', "", code)
    known = [message.id if isinstance(message.id, str) else message.id[0] for message in sentences() if message.id]
    return [each for each in known if f'"{each}"' in joined]


def test_there_are_sentences_to_be_read() -> None:
    assert len(ours()) > 120


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_they_scold_and_suspect_nobody(language: str) -> None:
    catalogue, unkind = read(language), UNKIND if language == "en" else UNKIND_CHINESE
    for msgid in ours():
        message = catalogue.get(msgid)
        assert message is not None
        said = message.string if isinstance(message.string, str) else " ".join(message.string)
        words = said or msgid
        assert not unkind.search(words), words
