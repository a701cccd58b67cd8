"""Requests straight over kept connections: every way an answer may come, and what is known when none does."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.post.straight import Lost, NotReached, Straight

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Serve = Callable[..., Awaitable[str]]
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request on a connection with the next of these bytes; after the last it closes."""

    def __init__(self, *answers: bytes, bytewise: bool = False) -> None:
        self.answers, self.bytewise = answers, bytewise
        self.heard: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        for answer in self.answers:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split()[0])
            self.heard.append(head + await reader.readexactly(length))
            for part in [bytes([each]) for each in answer] if self.bytewise else [answer]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
        writer.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[asyncio.Server] = []
    ends: list[Writer] = []

    async def open_one(how: Callable[[Reader, Writer], Awaitable[None]], **options: object) -> str:
        async def forgiving(reader: Reader, writer: Writer) -> None:
            ends.append(writer)
            try:
                await how(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(forgiving, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
        servers.append(server)
        return f"http{'s' if options else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot/getMe"

    yield open_one
    for server in servers:
        server.close()
    for end in ends:
        end.transport.abort()
    await asyncio.sleep(0.001)


@pytest.fixture
async def straight() -> AsyncIterator[Straight]:
    opened = Straight(2)
    yield opened
    await opened.close()


@pytest.mark.parametrize("bytewise", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (FINE, 200, b"{}"),
        (b"HTTP/1.1 429 Too Many\r\ncontent-length:4\r\nConnection: keep-alive\r\n\r\nslow", 429, b"slow"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
            200,
            b"abc0123456789",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\nNoted: yes\r\n\r\n", 200, b"\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FINE, 200, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", 200, b"old"),
    ],
)
async def test_an_answer_may_come_in_many_ways(
    serve: Serve, straight: Straight, answer: bytes, code: int, words: bytes, bytewise: bool
) -> None:
    server = Server(*[answer] * (1 if b"until" in answer else 2), bytewise=bytewise)  # then it closes
    url = await serve(server)
    assert await straight.post(url, b"{}", 1) == (code, words)
    assert await straight.post(url, "您好".encode(), 1) == (code, words)
    assert server.heard[1].startswith(b"POST /bot/getMe HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.heard[1].endswith("\r\n\r\n您好".encode())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"220 a mail server\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"x" * 70_000,
    ],
    ids=["none", "another", "half", "no number", "half a chunk", "no end"],
)
async def test_without_a_whole_answer_nobody_knows(serve: Serve, straight: Straight, answer: bytes) -> None:
    with pytest.raises(Lost):
        await straight.post(await serve(Server(answer)), b"{}", 1)


async def test_silence_is_waited_for_only_so_long(serve: Serve, straight: Straight) -> None:
    async def says_nothing(reader: Reader, writer: Writer) -> None:
        await reader.read()
        writer.close()

    with pytest.raises(Lost, match="silence"):
        await straight.post(await serve(says_nothing), b"{}", 0.05)


async def test_whoever_goes_on_saying_something_is_waited_for(serve: Serve, straight: Straight) -> None:
    async def slowly(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for each in FINE:
            writer.write(bytes([each]))
            await asyncio.sleep(0.005)
        writer.close()

    assert await straight.post(await serve(slowly), b"", 0.1) == (200, b"{}")


async def test_a_connection_is_kept_and_one_that_was_closed_is_not_asked(serve: Serve, straight: Straight) -> None:
    server = Server(FINE, FINE, FINE)
    url = await serve(server)
    for _each in range(3):
        assert await straight.post(url, b"{}", 1) == (200, b"{}")
    assert server.connections == 1
    while straight._all:  # noqa: ASYNC110 - the server has closed it
        await asyncio.sleep(0.001)
    assert await straight.post(url, b"{}", 1) == (200, b"{}")
    assert server.connections == 2


async def test_never_more_than_so_many_and_each_has_its_turn(serve: Serve, straight: Straight) -> None:
    server = Server(*[FINE] * 50)
    url = await serve(server)
    assert await asyncio.gather(*(straight.post(url, b"{}", 1) for _each in range(20))) == [(200, b"{}")] * 20
    assert server.connections == 2


async def test_the_answer_to_what_was_broken_off_is_nobody_elses(serve: Serve, straight: Straight) -> None:
    began = asyncio.Event()

    async def late(reader: Reader, writer: Writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        began.set()
        if b"Length: 4" in head:
            await reader.readexactly(4)
            await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % (b"Length: 4" in head))
        await writer.drain()

    url = await serve(late)
    broken_off = asyncio.create_task(straight.post(url, b"long", 1))
    await began.wait()
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)
    assert await straight.post(url, b"", 1) == (200, b"0")


async def test_where_nobody_listens_nothing_has_left(straight: Straight) -> None:
    for url in ("http://127.0.0.1:1/", "http://nowhere.invalid/", "ftp://127.0.0.1/", "http:///"):
        with pytest.raises(NotReached):
            await straight.post(url, b"{}", 1)


def named(name: str, folder: Path) -> ssl.SSLContext:
    """A server that says it is this, and that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(
        key, hashes.SHA256()
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_nothing_is_said_to_a_server_that_nobody_vouches_for(
    serve: Serve, straight: Straight, tmp_path: Path
) -> None:
    server = Server(FINE)
    url = await serve(server, ssl=named("localhost", tmp_path))
    with pytest.raises(NotReached):
        await straight.post(url.replace("127.0.0.1", "localhost"), b"a secret", 1)
    assert server.heard == []


async def test_over_tls_it_is_the_same(serve: Serve, straight: Straight, tmp_path: Path) -> None:
    url = await serve(Server(FINE, FINE), ssl=named("localhost", tmp_path))
    straight.__dict__["_trust"] = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    for _each in range(2):
        assert await straight.post(url.replace("127.0.0.1", "localhost"), b"{}", 1) == (200, b"{}")
