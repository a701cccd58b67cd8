"""Hands something to a program of the officers' own by HTTP, signed, so that it knows that this desk has sent it.

The signature is the HMAC-SHA256, by the secret both know, of the instant, a full stop and the body. Whoever takes it
checks it before reading on, refuses an instant that is long past, and forgets a delivery that it has had already.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp

from bot.post.outcomes import NotSent, Sent, Uncertain

SIGNATURE, DELIVERY = "Linli-Signature", "Linli-Delivery"
PATIENCE = 20.0


def sign(secret: str, at: datetime, body: bytes) -> str:
    instant = int(at.timestamp())
    whole = hmac.new(secret.encode(), str(instant).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={instant},v1={whole}"


async def post_signed(
    url: str, secret: str, said: Mapping[str, Any], delivery: str, at: datetime, *, patience: float = PATIENCE
) -> Sent | NotSent | Uncertain:
    """Any 2xx is a yes. A redirection is not followed: what is said is for this place alone. The answer is not read."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: sign(secret, at, body), DELIVERY: delivery}
    time = aiohttp.ClientTimeout(total=patience, connect=patience / 2)
    outcome: Sent | NotSent | Uncertain
    try:
        async with (
            aiohttp.ClientSession(timeout=time) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            code = response.status
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as fault:
        outcome = NotSent(type(fault).__name__)
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        outcome = Uncertain(type(fault).__name__)
    else:
        outcome = Sent(code) if 200 <= code <= 299 else NotSent(f"HTTP {code}", unreachable=False)
    return outcome
