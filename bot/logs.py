"""What operators read: one event a line, text or JSON, with references and never a token, a name or a message."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

TOKEN = re.compile(r"(?<!\d)\d{2,}:[A-Za-z0-9_-]{3,}")  # in an address it stands right behind "bot"
NUMBER = re.compile(r"(?<![\w.])\+?\d{7,15}(?![\w.])")
LOUD = ("httpx", "httpcore", "aiohttp.access", "aiogram", "apscheduler", "telegram", "asyncio", "alembic")
"""Libraries that would write addresses with a token in them, or every step they take."""


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Whatever looks like a token or a telephone number is struck out, wherever it stands."""
    return {name: _clean(value) if isinstance(value, str) else value for name, value in event.items()}


def _clean(value: str) -> str:
    return NUMBER.sub("…", TOKEN.sub("…", value))


class Unfailing:
    """Logs that cannot be written (a full disk, a closed pipe) are lost, and stop nobody's work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(words)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


class _Placed(logging.Filter):
    """An exception is told by its type and place. Its text may hold what somebody wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            fault = record.exc_info[1]
            last = fault.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            where = f"{last.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{last.tb_lineno}" if last else "?"
            record.msg, record.args = f"{type(fault).__name__} at {where}", None
            record.exc_info = record.exc_text = None
        else:
            record.msg, record.args = _clean(record.getMessage()), None
        return True


def set_up_logs(level: str = "INFO", form: str = "text") -> None:
    """Ours through structlog; the libraries' only from a warning on, through the same filter."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    shown = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*processors, shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Unfailing(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Placed())
    handler.setFormatter(logging.Formatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
