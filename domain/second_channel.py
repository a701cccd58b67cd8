"""The way to people when Telegram cannot be reached: whose mailbox, which program, and how long Telegram has first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.desk_reading import Faults, Table
from domain.places import Unit
from domain.words import _

IMPLICIT, STARTTLS, NONE = "implicit", "starttls", "none"
PORTS = {IMPLICIT: 465, STARTTLS: 587, NONE: 25}
HERE = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
PLACE = re.compile(r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s#]*)?")
MAIL, WEBHOOK = "mail", "webhook"
EXAMPLE = "[second_channel.mail]"


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes our mail, and who reads it: by unit, and the officers for what no unit has an address."""

    server: str
    sender: str
    tls: str = IMPLICIT
    port: int = PORTS[IMPLICIT]
    user: str | None = None  # its password comes from the environment
    to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    officers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondChannel:
    """Alerts that Telegram has not had after so long go this way."""

    after: timedelta = timedelta(minutes=10)
    mail: Mail | None = None
    webhook: str | None = None  # where a program of the officers' own takes them; signed


def read_second_channel(table: Table | None) -> SecondChannel | None:
    if table is None:
        return None
    after = table.duration("after", "10m") or SecondChannel().after
    mail, hook = table.table(MAIL), table.table(WEBHOOK)
    channel = SecondChannel(after, _mail(mail) if mail else None, _webhook(hook) if hook else None)
    if mail is None and hook is None:
        table.faults.add(
            table.path,
            _("The second channel leads nowhere. Write for example: {example}")(example=EXAMPLE),
        )
    table.done()
    return channel


def _mail(table: Table) -> Mail:
    _keep_out(table, "password", "LINLI_MAIL_PASSWORD")
    server, sender = table.word("server", "mail.example.org"), _address(table, "from", "desk@example.org")
    for key, example in (("server", "mail.example.org"), ("from", "desk@example.org")):
        if key not in table.raw:
            table.missing(key, f'{key} = "{example}"')
    tls = table.word("tls", IMPLICIT) or IMPLICIT
    if tls not in PORTS:
        otherwise = _("“{value}” is not known here. What may stand here: {known}.")
        known = ", ".join(PORTS)
        table.faults.unknown(table.here("tls"), tls, PORTS, otherwise(value=tls, known=known))
        tls = IMPLICIT
    if tls == NONE and server not in HERE:
        sentence = _("Without TLS anybody on the way could read and change it. Write for example: {example}")
        table.fault("tls", sentence(example=f'tls = "{STARTTLS}"'))
    port = table.number("port", PORTS[tls], least=1)
    if port is not None and port > 65535:
        table.not_understood(table.here("port"), f"port = {PORTS[tls]}")
    user = table.word("user", "desk@example.org")
    to = table.table("to")
    addresses = {key: _addresses(to, key) for key in to.raw} if to else {}
    officers = _addresses(table, "officers")
    if not officers and not any(addresses.values()):
        table.missing("officers", 'officers = ["office@example.org"]')
    table.done()
    return Mail(server or "", sender or "", tls, port or PORTS[tls], user, addresses, officers)


def _webhook(table: Table) -> str | None:
    _keep_out(table, "secret", "LINLI_ALERT_SECRET")
    url = table.word("url", "https://alerts.example.org/linli")
    if "url" not in table.raw:
        table.missing("url", 'url = "https://alerts.example.org/linli"')
    elif url is not None and not PLACE.fullmatch(url):
        table.not_understood(table.here("url"), 'url = "https://alerts.example.org/linli"')
    table.done()
    return url


def _keep_out(table: Table, key: str, setting: str) -> None:
    """The desk file is read by many and copied around."""
    if table.raw_value(key) is not None:
        sentence = _("A secret does not belong in this file. Take “{key}” out, and set {setting} where the desk runs.")
        table.fault(key, sentence(key=key, setting=setting))
    del table.asked[key]
    table.raw = {name: value for name, value in table.raw.items() if name != key}


def _address(table: Table, key: str, example: str) -> str | None:
    written = table.word(key, example)
    if written is not None and not ADDRESS.fullmatch(written):
        _no_address(table, (*table.path, key), written)
    return written


def _addresses(table: Table, key: str) -> tuple[str, ...]:
    """One address, or a list of them."""
    written = table.raw_value(key)
    if written is None:
        return ()
    listed = written if isinstance(written, list) else [written]
    if not listed or not all(isinstance(each, str) for each in listed):
        table.not_understood(table.here(key), f'{key} = ["dina@example.org"]')
        return ()
    for place, each in enumerate(listed):
        if not ADDRESS.fullmatch(each):
            _no_address(table, (*table.path, key, place), each)
    return tuple(dict.fromkeys(listed))


def _no_address(table: Table, path: tuple[str | int, ...], written: str) -> None:
    sentence = _("“{value}” is not an e-mail address. Write for example: {example}")
    table.faults.add(path, sentence(value=written, example='"dina@example.org"'))


def check_second_channel(channel: SecondChannel | None, units: Mapping[str, Unit], faults: Faults) -> None:
    """Every address is of a place that is there."""
    for key in channel.mail.to if channel and channel.mail else ():
        if key not in units:
            sentence = _("There is nothing called “{value}” under {where}. Write one of: {known}")
            filled = sentence(value=key, where="[units.…]", known=", ".join(units))
            faults.unknown(("second_channel", MAIL, "to", key), key, units, filled)
