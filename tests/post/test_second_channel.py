"""The second channel's two ways, to a real mail server and a real program: what arrives, and how each fault is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from bot.post.mail import send_mail
from bot.post.outcomes import NotSent, Sent, Uncertain
from bot.post.signed import DELIVERY, SIGNATURE, post_signed, sign
from domain.second_channel import Mail
from tests.mailbox import PASSWORD, USER, Hooked, MailServer, certificate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "s" * 32

Serve = Callable[..., MailServer]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A mail server whose certificate this machine trusts, unless `trusted` is false."""
    public, private = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)

    def make(tls: str, fault: str = "", *, trusted: bool = True) -> MailServer:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(public))
        return MailServer(tls, context, fault)

    return make


def mail(server: MailServer) -> Mail:
    return Mail("127.0.0.1", "desk@example.org", server.tls, server.port, USER)


def letter() -> EmailMessage:
    words = EmailMessage(SMTP)
    words["From"], words["To"], words["Subject"] = "desk@example.org", "dina@example.org", "东港邻里：有人在等您"
    words.set_content("有人在等您。\n")
    return words


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_letter_arrives_whole_and_over_tls(serve: Serve, tls: str) -> None:
    async with serve(tls).open() as server:
        assert await send_mail(mail(server), PASSWORD, letter()) == Sent(True)
    (arrived,) = server.letters
    assert arrived["Subject"] == "东港邻里：有人在等您" and "有人在等您。" in arrived.get_content()
    assert server.secured == [True]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_no_password_is_told_to_a_server_that_cannot_prove_who_it_is(serve: Serve, tls: str) -> None:
    async with serve(tls, trusted=False).open() as server:
        outcome = await send_mail(mail(server), PASSWORD, letter())
    assert outcome == NotSent("SSLCertVerificationError")
    assert not server.letters


async def test_a_wrong_password_a_refused_mailbox_and_a_server_that_is_not_there(serve: Serve) -> None:
    async with serve("implicit").open() as server:
        assert await send_mail(mail(server), "wrong", letter()) == NotSent("SMTPAuthenticationError 535")
        server.fault = "refuses"
        refused = await send_mail(mail(server), PASSWORD, letter())
        assert refused == NotSent("SMTPRecipientsRefused", unreachable=False)
    assert await send_mail(mail(server), PASSWORD, letter()) == NotSent("ConnectionRefusedError")


async def test_a_line_that_breaks_after_the_letter_leaves_us_uncertain(serve: Serve) -> None:
    async with serve("implicit", "hangs_up").open() as server:
        outcome = await send_mail(mail(server), PASSWORD, letter())
    assert isinstance(outcome, Uncertain) and len(server.letters) == 1


async def test_a_silent_server_holds_up_nobody_who_does_not_wait_any_more(serve: Serve) -> None:
    async with serve("implicit", "silent").open() as server:
        silent = replace(mail(server), tls="none")  # no handshake: it is the greeting that never comes
        assert isinstance(await send_mail(silent, PASSWORD, letter(), patience=0.2), NotSent)
        server.fault, begun = "", time.monotonic()
        going = asyncio.ensure_future(send_mail(mail(server), PASSWORD, letter()))
        await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        assert time.monotonic() - begun < 5


async def test_what_is_handed_to_a_program_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Hooked().open() as hook:
        assert await post_signed(hook.url, SECRET, {"desk": "东港"}, "17", NOW) == Sent(200)
    ((headers, body),) = hook.taken
    assert json.loads(body) == {"desk": "东港"} and headers[DELIVERY] == "17"
    instant, version = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    assert instant == str(int(NOW.timestamp()))
    assert version == hmac.new(SECRET.encode(), f"{instant}.".encode() + body, hashlib.sha256).hexdigest()
    assert sign("t" * 32, NOW, body) != headers[SIGNATURE]


async def test_a_program_that_says_no_moves_away_or_is_not_there() -> None:
    async with Hooked(503).open() as hook:
        assert await post_signed(hook.url, SECRET, {}, "17", NOW) == NotSent("HTTP 503", unreachable=False)
        hook.answers = 307
        assert await post_signed(hook.url, SECRET, {}, "17", NOW) == NotSent("HTTP 307", unreachable=False)
    assert len(hook.taken) == 2  # nobody followed it elsewhere
    assert isinstance(await post_signed(hook.url, SECRET, {}, "17", NOW), NotSent)
