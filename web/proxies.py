"""Who is at the door: the address of whoever has really called, as far as the proxies we know of can tell.

`X-Forwarded-For` is written by anybody. Each proxy adds on the right the address it was called from, so it is read from
the right: as long as the one who says so is a proxy of ours, the next one to the left is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDED = "X-Forwarded-For"
MOST = 32
"""Nobody stands behind more proxies."""


def read_networks(words: str) -> tuple[Network, ...]:
    """Addresses and networks, parted by commas or spaces; a ValueError for what is none, or is everybody."""
    networks = tuple(ip_network(word) for word in words.replace(",", " ").split())
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("everybody would be believed")
    return networks


def caller(request: Request, proxies: Sequence[Network]) -> str:
    """The right-most address that is no proxy of ours; what cannot be read is not believed."""
    found = _address(request.client.host if request.client else "")
    said = ",".join(request.headers.getlist(FORWARDED)).split(",")
    for word in reversed(said[-MOST:]):
        if found is None or not any(found in network for network in proxies):
            break
        before = _address(word)
        if before is None:
            break
        found = before
    return str(found) if found is not None else "unknown"


def _address(word: str) -> Address | None:
    """Also as some proxies write it: with a port, or an IPv6 address in brackets."""
    word = word.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        found = ip_address(word)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
