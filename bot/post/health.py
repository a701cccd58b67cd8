"""What is wrong with the desk at this moment, in sentences for whoever runs it; nothing wrong means ready."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()


@dataclass(slots=True)
class Health:
    """Red flags by name, each with its sentence."""

    flags: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return not self.flags

    def red(self, name: str, sentence: str) -> None:
        if name not in self.flags:
            log.warning("red flag", flag=name, sentence=sentence)
        self.flags[name] = sentence

    def green(self, name: str) -> None:
        if self.flags.pop(name, None):
            log.info("flag is green again", flag=name)
