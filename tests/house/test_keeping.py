"""A drill: a desk is backed up and stands again elsewhere, by the commands an operator would type."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main


def linli(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", *words])
    return int(ended.value.code or 0)


def test_a_drill(
    empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINLI_DATABASE_URL", f"sqlite:///{empty_sqlite}")
    assert linli("backup", "copy.tar.gz") == 0
    said = capsys.readouterr().out
    assert "holds everything up to now. People: 0." in said and "The key" in said
    monkeypatch.setenv("LINLI_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'linli.db'}")
    assert linli("restore", "copy.tar.gz") == 0
    assert "stands again" in capsys.readouterr().out
    assert linli("restore", "copy.tar.gz") == 2
    assert "nothing is overwritten" in capsys.readouterr().err
