"""A webhook needs an address Telegram can reach and a secret nobody guesses, or the desk does not start."""

from __future__ import annotations

import pytest

from bot.settings import SettingsFaults, read_settings

SECRET = "a-secret-that-is-as-long-as-it-should-be"
URL = "LINLI_WEBHOOK_URL"


def faults(**given: str) -> list[str]:
    with pytest.raises(SettingsFaults) as found:
        read_settings({f"LINLI_{name.upper()}": value for name, value in given.items()})
    return [fault.partition(":")[0] for fault in found.value.faults]


def test_without_a_secret_there_is_no_webhook() -> None:
    assert faults(webhook_url="https://desk.example") == ["LINLI_WEBHOOK_SECRET"]
    assert faults(webhook_url="https://desk.example", webhook_secret="") == ["LINLI_WEBHOOK_SECRET"]


@pytest.mark.parametrize("secret", ["short", "x" * 257, "with spaces and more of them than allowed", "ü" * 40])
def test_a_secret_is_long_and_of_letters_telegram_takes(secret: str) -> None:
    with pytest.raises(SettingsFaults) as found:
        read_settings({URL: "https://desk.example", "LINLI_WEBHOOK_SECRET": secret})
    [fault] = found.value.faults
    assert fault.startswith("LINLI_WEBHOOK_SECRET:") and secret not in fault


@pytest.mark.parametrize("url", ["desk.example", "http://desk.example", "https://desk.example/?a=1", "https://"])
def test_an_address_telegram_does_not_accept(url: str) -> None:
    assert faults(webhook_url=url, webhook_secret=SECRET) == [URL]


@pytest.mark.parametrize("listen", ["8099", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", ":8099"])
def test_a_listener_is_an_address_and_a_port(listen: str) -> None:
    assert faults(listen=listen, webhook_listen=listen) == ["LINLI_WEBHOOK_LISTEN", "LINLI_LISTEN"]


def test_what_is_right_is_taken_and_the_secret_masked() -> None:
    settings = read_settings({URL: "https://desk.example/linli/", "LINLI_WEBHOOK_SECRET": SECRET})
    assert settings.webhook_url == "https://desk.example/linli"
    assert settings.webhook_secret.get_secret_value() == SECRET and SECRET not in f"{settings!r}"
    assert settings.listen == ""  # no port is opened that nobody asked for
    assert read_settings({"LINLI_LISTEN": "[::1]:8099"}).listen == "[::1]:8099"
