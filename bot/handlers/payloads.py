"""What a deep link opens: the kind of link before the underscore, and what is done with the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from desk.front import Desk
from domain.people import Person
from domain.words import Text

Opens = Callable[[Desk, Person, str], Awaitable[Text | None]]

PAYLOADS: dict[str, Opens] = {}
