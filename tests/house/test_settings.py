"""What the environment may say, and what is said when it says something else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsFaults, read_settings


def faults(**environment: str) -> list[str]:
    with pytest.raises(SettingsFaults) as found:
        read_settings(environment)
    return found.value.faults


def test_an_empty_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({})
    assert settings.database == "sqlite:///var/linli.db"
    assert settings.desk == Path("desk.toml") and settings.owner is None


def test_every_fault_is_named_at_once_and_no_secret_with_it() -> None:
    found = faults(
        LINLI_BOT_TOKEN="hush-hush",
        LINLI_BOT_API="telegram",
        LINLI_OWNER="@ivy",
        LINLI_LOG_LEVEL="LOUD",
        LINLI_LOG_FORMAT="xml",
        LINLI_DATABASE_URL="mysql://root:geheim@db/linli",
        LINLI_BOT_TOKENN="x",
        LINLI_NONSENSE="x",
        LINLI_KEY_FILE="/nowhere/key",
    )
    named = {fault.partition(":")[0] for fault in found}
    assert named == {
        "LINLI_BOT_TOKEN",
        "LINLI_BOT_API",
        "LINLI_OWNER",
        "LINLI_LOG_LEVEL",
        "LINLI_LOG_FORMAT",
        "LINLI_DATABASE_URL",
        "LINLI_BOT_TOKENN",
        "LINLI_NONSENSE",
        "LINLI_KEY_FILE",
    }
    assert all("write" in fault or "LINLI_" in fault.partition(":")[2] for fault in found)
    assert "did you mean LINLI_BOT_TOKEN?" in " ".join(found)
    assert not any(secret in " ".join(found) for secret in ("hush-hush", "geheim"))


@pytest.mark.parametrize("level", ["debug", "Info", "WARNING"])
def test_a_level_in_any_case(level: str) -> None:
    assert read_settings({"LINLI_LOG_LEVEL": level}).log_level == level.upper()


def test_each_can_be_read_from_a_file(tmp_path: Path) -> None:
    token, owner = tmp_path / "token", tmp_path / "owner"
    token.write_text("7:from-a-file\n")
    owner.write_text("1007\n")
    settings = read_settings({"LINLI_BOT_TOKEN_FILE": str(token), "LINLI_OWNER_FILE": str(owner)})
    assert (settings.token(), settings.owner) == ("7:from-a-file", 1007)
    assert "from-a-file" not in repr(settings)


def test_secrets_of_its_own_are_for_its_owner_only(tmp_path: Path) -> None:
    settings = read_settings({"LINLI_DATA": str(tmp_path / "var")})
    settings.keep_token("7:kept")
    settings.keep_token("7:kept-again")
    key = settings.sealing_key()
    assert (settings.token(), settings.sealing_key()) == ("7:kept-again", key) and len(key) >= 32
    for name in ("bot_token", "key"):
        assert stat.S_IMODE((settings.data / name).stat().st_mode) == 0o600
    assert read_settings({"LINLI_DATA": str(tmp_path / "var"), "LINLI_BOT_TOKEN": "8:given"}).token() == "8:given"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
