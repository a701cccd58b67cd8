"""Says by mail and webhook what Telegram does not take: put into words after the commit, sent, and its end noted."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from typing import Any

import structlog

from bot.jobs import Jobs
from bot.post.clock import Clock
from bot.post.health import Health
from bot.post.mail import send_mail
from bot.post.outcomes import NotSent, Sent, Uncertain
from bot.post.signed import post_signed
from bot.settings import Settings
from bot.words import Reader
from desk import second_channel
from desk.front import Desk
from desk.second_channel import Said, Wave
from domain.desk_file import DeskFile
from domain.second_channel import MAIL
from domain.words import Text, _, lines, plain
from web.metrics import Metrics

log = structlog.get_logger()

SUBJECT = _("{desk}: somebody is waiting for you")
OPENING = _("I could not reach you on Telegram, so I am writing to you here.")
WAITS = _("{reference}, {category}, {place}: nobody has taken it yet. It has been waiting since {since}.")
WAITS_DISCREETLY = _("{reference}, {place}: nobody has taken it yet. It has been waiting since {since}.")
HELPS = _("{reference}, {place}: whoever is looking after it asks for your help, since {since}.")
IN_CONFIDENCE = _("You have a message.")
REPEAT = _("You may have had this already.")
CLOSING = _(
    "As soon as Telegram can be reached again, all of it stands in our chat, and there you can answer. Nobody reads"
    " answers to this mail."
)

NO_PASSWORD = _("The second channel has no password for its mail server. Set LINLI_MAIL_PASSWORD.")
NO_SECRET = _("The second channel’s webhook needs a secret to sign with. Set LINLI_ALERT_SECRET.")


def missing_settings(settings: Settings, file: DeskFile) -> list[Text]:
    """What the desk file counts on and the environment does not give."""
    channel = file.second_channel
    if channel is None:
        return []
    missing = []
    if channel.mail is not None and channel.mail.user and not settings.mail_password.get_secret_value():
        missing.append(NO_PASSWORD)
    if channel.webhook is not None and not settings.alert_secret.get_secret_value():
        missing.append(NO_SECRET)
    return missing


class SecondChannel:
    """A sweep, as the ticker wants it."""

    def __init__(
        self, settings: Settings, file: DeskFile, jobs: Jobs, health: Health, clock: Clock, metrics: Metrics
    ) -> None:
        self._file, self._jobs, self._health, self._clock, self._metrics = file, jobs, health, clock, metrics
        self._password = settings.mail_password.get_secret_value()
        self._secret = settings.alert_secret.get_secret_value()

    def sweep(self, desk: Desk) -> bool:
        """Take what is due at one address, and send it once that is committed."""
        wave = second_channel.take_wave(desk)
        if wave is not None and wave.said:
            desk.after.append(partial(self._jobs.start, partial(self._send, wave)))
        return wave is not None

    async def _send(self, wave: Wave) -> None:
        outcome = await self._way(wave)()
        self._metrics.echoed(wave.way, type(outcome).__name__)
        if isinstance(outcome, Sent):
            self._health.green(f"second channel {wave.way}")
            log.info("alerts went by the second channel", way=wave.way, count=len(wave.echoes))
            await self._jobs.do(lambda desk: second_channel.note_sent(desk, wave))
            return
        sentence = f"Alerts do not get through by {wave.way} ({outcome.why}). Look at [second_channel.{wave.way}]."
        self._health.red(f"second channel {wave.way}", sentence)
        uncertain = isinstance(outcome, Uncertain)
        await self._jobs.do(lambda desk: second_channel.note_failed(desk, wave, outcome.why, uncertain=uncertain))

    def _way(self, wave: Wave) -> Callable[[], Awaitable[Sent | NotSent | Uncertain]]:
        channel = self._file.second_channel
        assert channel is not None
        if wave.way == MAIL:
            assert channel.mail is not None
            return partial(send_mail, channel.mail, self._password, self.letter(wave))
        assert channel.webhook is not None
        return partial(post_signed, channel.webhook, self._secret, self.told(wave), _once(wave), self._clock.now())

    def letter(self, wave: Wave) -> EmailMessage:
        """The mail, in its reader's language."""
        channel, now = self._file.second_channel, self._clock.now()
        assert channel is not None and channel.mail is not None
        sender = channel.mail.sender
        reader = Reader(wave.language, self._file.zone, now)
        words = EmailMessage(SMTP)
        name = " ".join(reader.label(plain(self._file.name)).split())
        words["From"] = Address(name, addr_spec=sender)
        words["To"] = wave.address
        words["Subject"] = " ".join(reader.label(SUBJECT(desk=name)).split())
        words["Date"] = now
        words["Message-ID"] = f"<{_once(wave)}@{sender.rpartition('@')[2]}>"
        words["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
        said = [_sentence(each) for each in wave.said]
        words.set_content(reader.label(lines(OPENING, plain(""), *said, plain(""), CLOSING)) + "\n")
        return words

    def told(self, wave: Wave) -> dict[str, Any]:
        """The webhook's body: for a program, so in keys of the desk file."""
        return {
            "desk": self._file.name[self._file.default_language],
            "sent_at": self._clock.now().isoformat(),
            "alerts": [_fields(each) for each in wave.said],
        }


def _once(wave: Wave) -> str:
    """The same letter sent again has the same number, so that whoever takes it may know it."""
    rows = ",".join(str(echo.id) for echo in wave.echoes)
    return hashlib.sha256(f"{wave.way} {wave.address} {rows}".encode()).hexdigest()[:32]


def _sentence(said: Said) -> Text:
    if said.order is None:
        text = IN_CONFIDENCE
    elif said.helping:
        text = HELPS(reference=said.order.reference, place=said.place, since=said.called_at)
    elif said.category is None:
        text = WAITS_DISCREETLY(reference=said.order.reference, place=said.place, since=said.order.made_at)
    else:
        blanks = {"reference": said.order.reference, "category": said.category, "place": said.place}
        text = WAITS(**blanks, since=said.order.made_at)
    return lines(text, REPEAT if said.repeat else None)


def _fields(said: Said) -> dict[str, Any]:
    fields: dict[str, Any] = {"called_at": said.called_at.isoformat(), "repeat": said.repeat}
    if said.order is None:
        return {"about": "message", **fields}
    about = {
        "about": "help" if said.helping else "order",
        "reference": said.order.reference,
        "unit": said.order.unit,
        "waiting_since": said.order.made_at.isoformat(),
        **fields,
    }
    return about if said.order.discreet else {**about, "category": said.order.category}
