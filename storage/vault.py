"""What is sealed, and the keyed hashes by which secret things are found without being kept.

One key stands outside the database (`LINLI_KEY`). From it come a sealing key and a hashing key. Codes, links and the
identity behind a confidential case are stored as keyed hashes only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyLost(Exception):
    """The sealed text was sealed with another key: `LINLI_KEY` is not the one this database was used with."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"linli " + purpose).derive(secret.encode())


@dataclass(frozen=True, slots=True)
class Keys:
    """Seals and hashes. The first secret seals; older ones still open, so that a key can be rotated."""

    _fernet: MultiFernet
    _hashing: bytes

    @classmethod
    def made_from(cls, *secrets: str) -> Keys:
        """From `LINLI_KEY`, newest secret first; the last one hashes, so that what is findable stays findable."""
        sealing = [Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal"))) for secret in secrets]
        return cls(MultiFernet(sealing), _derive(secrets[-1], b"hash"))

    def seal(self, value: Any) -> str:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()

    def unseal(self, sealed: str) -> Any:
        try:
            return json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken as reason:
            raise KeyLost("what is sealed cannot be opened with this LINLI_KEY") from reason

    def hash(self, kind: str, value: object) -> str:
        """A keyed hash by which a code, a link or a person can be found, and from which they cannot be read."""
        return hmac.new(self._hashing, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    def token(self, kind: str, value: object) -> bytes:
        """Bytes that only this desk can make again for the same thing: the code on a household's card."""
        return hmac.new(self._hashing, f"token:{kind}:{value}".encode(), hashlib.sha256).digest()
