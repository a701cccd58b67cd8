"""Which key a shared database is used with: workers with different ones could not read what the others have sealed."""

from __future__ import annotations

from sqlalchemy import Connection

from storage.messages import get_fact, set_fact
from storage.vault import KeyLost, Keys

FACT = "key"
PROBE = "sealed with the key of this desk"


class AnotherKey(Exception):
    """This database was used with another key."""


def check_key(conn: Connection, keys: Keys) -> None:
    """The first to come leaves a sealed word; whoever comes later has to be able to read it."""
    kept = get_fact(conn, FACT)
    if kept is None:
        set_fact(conn, FACT, keys.seal(PROBE))
        return
    try:
        keys.unseal(kept)
    except KeyLost:
        raise AnotherKey(
            "This database was used with another LINLI_KEY: give every worker the same one. "
            "If it is lost for good, docs/operating.md says what to do."
        ) from None
