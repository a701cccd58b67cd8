"""A mail server and a program that takes what the desk hands over, both on loopback, both real enough to be wrong."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "desk@example.org", "a word for the mail server"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself: the certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return public, private


@dataclass
class MailServer:
    """`fault`: none · refuses (the mailbox) · hangs_up (once it has the letter) · silent (says nothing at all)."""

    tls: str
    context: ssl.SSLContext
    fault: str = ""
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    tries: int = 0
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[MailServer]:
        context = self.context if self.tls == "implicit" else None
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in list(self._lines):
                line.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        self.tries += 1
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            if self.fault == "silent":
                await reader.read()
            else:
                await self._talk(reader, writer)
        self._lines.discard(writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure, known = self.tls == "implicit", False

        async def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        await say("220 a mail server")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            match verb:
                case "EHLO":
                    offers = ["250-here", *([] if secure else ["250-STARTTLS"]), "250 AUTH PLAIN"]
                    await say("\r\n".join(offers))
                case "STARTTLS":
                    await say("220 go ahead")
                    await writer.start_tls(self.context)
                    secure = True
                case "AUTH":
                    known = base64.b64decode(line.split()[2]) == f"\0{USER}\0{PASSWORD}".encode()
                    await say("235 welcome" if known else "535 who are you")
                case "RCPT" if self.fault == "refuses":
                    await say("550 there is nobody of that name")
                case "MAIL" | "RCPT" | "RSET":
                    await say("250 fine" if known else "530 say who you are")
                case "DATA":
                    await say("354 tell me")
                    whole = await reader.readuntil(b"\r\n.\r\n")
                    self.letters.append(message_from_bytes(whole[:-3], policy=default))  # type: ignore[arg-type]
                    self.secured.append(secure)
                    if self.fault == "hangs_up":
                        writer.transport.abort()
                        return
                    await say("250 taken")
                case "QUIT":
                    await say("221 farewell")
                    return
                case _:
                    await say("502 what?")


@dataclass
class Hooked:
    """What somebody's own program was handed: headers and body. `answers` with this code."""

    answers: int = 200
    port: int = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Hooked]:
        async def take(request: web.Request) -> web.Response:
            self.taken.append((dict(request.headers), await request.read()))
            headers = {"Location": f"{self.url}/elsewhere"} if self.answers == 307 else {}
            return web.Response(status=self.answers, headers=headers)

        app = web.Application()
        app.router.add_post("/alerts", take)
        app.router.add_post("/alerts/elsewhere", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site: Any = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()
