"""Who is at the door: only proxies we were told of are believed, and what anybody else writes moves nothing."""

from __future__ import annotations

import aiohttp
import pytest
from starlette.requests import Request
from structlog.testing import capture_logs

from bot.settings import SettingsFaults, read_settings
from tests.post.conftest import Open
from tests.web.conftest import OpenSurface, where, written
from web.proxies import caller, read_networks

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ATTACKER, INNER, OUTER = "203.0.113.9", "10.0.3.7", "10.0.4.1"
PROXIES = "10.0.3.0/24, 10.0.4.1 2001:db8::/64"


def asked(peer: str | None, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    client = (peer, 1234) if peer else None
    return caller(Request({"type": "http", "headers": headers, "client": client}), read_networks(PROXIES))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (ATTACKER, [], ATTACKER),
        (ATTACKER, ["127.0.0.1"], ATTACKER),  # nobody's proxy says whatever it likes
        (ATTACKER, [f"{INNER}, {OUTER}"], ATTACKER),
        (INNER, [ATTACKER], ATTACKER),
        (INNER, [f"127.0.0.1, {ATTACKER}"], ATTACKER),  # the left was there when it came to us
        (INNER, [f"1.1.1.1, {ATTACKER}, {OUTER}"], ATTACKER),
        (INNER, ["1.1.1.1", ATTACKER], ATTACKER),  # two lines are one list
        (INNER, [f"{ATTACKER}, not an address"], INNER),
        (INNER, [""], INNER),
        (INNER, [f"{ATTACKER}:4711"], ATTACKER),
        (INNER, ["[2001:db8:1::9]:4711"], "2001:db8:1::9"),
        (f"::ffff:{INNER}", [ATTACKER], ATTACKER),
        ("2001:db8::1", [ATTACKER], ATTACKER),
        (INNER, [", ".join([ATTACKER, *[OUTER] * 100])], OUTER),
        (INNER, [f"{INNER}, {OUTER}"], INNER),
        (None, [ATTACKER], "unknown"),
        (INNER, ["\xff\x00{0}"], INNER),
    ],
)
def test_the_right_most_address_that_is_no_proxy_of_ours(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert asked(peer, *forwarded) == expected


@pytest.mark.parametrize("words", ["*", "0.0.0.0/0", "::/0", "10.0.0.1/8", "proxy.example.org", "10.0.0.1;10.0.0.2"])
def test_a_list_that_is_none_or_believes_everybody_is_a_fault(words: str) -> None:
    with pytest.raises(SettingsFaults, match="LINLI_PROXIES: write addresses and networks of your own proxies"):
        read_settings({"LINLI_PROXIES": words})
    assert read_settings({"LINLI_PROXIES": PROXIES}).proxies == PROXIES


@on_sqlite
@pytest.mark.parametrize(("proxies", "expected"), [("", "127.0.0.1"), ("127.0.0.1", ATTACKER)])
async def test_who_knocks_without_the_secret_is_logged_by_address(
    open_office: Open, open_surface: OpenSurface, http: aiohttp.ClientSession, proxies: str, expected: str
) -> None:
    surface = await open_surface(await open_office(fetch=False), watch=False, proxies=proxies)
    forged = {"X-Forwarded-For": f"149.154.167.220, {ATTACKER}"}
    with capture_logs() as logs:
        async with http.post(where(surface), json=written(1, "hello"), headers=forged) as answer:
            assert answer.status == 401
    (said,) = [entry for entry in logs if "without the secret" in entry["event"]]
    assert said["caller"] == expected
