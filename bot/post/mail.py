"""Hands one letter to a mail server, by the standard library in a thread of its own: with TLS, unless it is here."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
from email.message import EmailMessage

from bot.post.outcomes import NotSent, Sent, Uncertain
from domain.second_channel import IMPLICIT, STARTTLS, Mail

PATIENCE = 10.0  # seconds for each answer of the server
LONGEST = 60.0  # for all of it

REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)

Delivery = Sent | NotSent | Uncertain


async def send_mail(mail: Mail, password: str, letter: EmailMessage, *, patience: float = PATIENCE) -> Delivery:
    """To the one address of its To line. Nothing of what a server says is kept: it may quote the letter."""
    line = _Line(mail, password, patience)
    going = asyncio.ensure_future(asyncio.to_thread(line.carry, letter))
    try:
        async with asyncio.timeout(LONGEST):
            return await asyncio.shield(going)
    except TimeoutError:
        return Uncertain("it took too long")
    finally:
        if not going.done():
            line.cut()  # the thread sees its line broken, and ends


class _Line:
    """One connection, cut off from outside when nobody waits for it any more."""

    def __init__(self, mail: Mail, password: str, patience: float) -> None:
        self._mail, self._password, self._patience = mail, password, patience
        self._server: smtplib.SMTP | None = None
        self._cut = False

    def carry(self, letter: EmailMessage) -> Delivery:
        """1. connect, TLS, who we are: what fails here was surely not sent 2. the letter 3. a farewell."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as fault:  # a certificate that does not fit is an OSError as well
            return NotSent(_why(fault))
        try:
            server.send_message(letter, self._mail.sender, [str(letter["To"])])
        except REFUSED as fault:
            return NotSent(_why(fault), unreachable=False)
        except (OSError, smtplib.SMTPException) as fault:
            return Uncertain(_why(fault))
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        return Sent(True)

    def _connect(self) -> smtplib.SMTP:
        mail, context = self._mail, ssl.create_default_context()
        ourselves = mail.sender.rpartition("@")[2]
        server: smtplib.SMTP
        if mail.tls == IMPLICIT:
            server = smtplib.SMTP_SSL(mail.server, mail.port, ourselves, timeout=self._patience, context=context)
        else:
            server = smtplib.SMTP(mail.server, mail.port, ourselves, timeout=self._patience)
        self._server = server
        try:
            if self._cut:
                raise TimeoutError
            if mail.tls == STARTTLS:
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def cut(self) -> None:
        self._cut = True
        if self._server is not None and (wire := self._server.sock) is not None:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


def _why(fault: Exception) -> str:
    """Its kind and the server's number, never its words."""
    code = getattr(fault, "smtp_code", None)
    return f"{type(fault).__name__} {code}" if code else type(fault).__name__
