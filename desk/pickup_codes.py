"""The code of what was redeemed: typed or scanned, made from the desk's key, and kept only as a hash."""

from __future__ import annotations

from dataclasses import replace

from desk.front import Desk
from domain import market as rules
from domain.market import Redemption
from storage import redemptions as rows


def code_of(desk: Desk, redemption: Redemption) -> str:
    """The eight signs on its card. Only this desk can make them again, so that none has to be kept."""
    return _code(desk, redemption.id, redemption.item_id, redemption.station_id, redemption.code_epoch)


def _code(desk: Desk, redemption_id: int, item_id: int, station_id: int, epoch: int) -> str:
    return rules.code_from(desk.keys.token("pickup", f"{redemption_id}:{item_id}:{station_id}:{epoch}"))


def token_of(desk: Desk, redemption: Redemption) -> str:
    """What stands in its QR code: 128 bits."""
    about = f"{redemption.id}:{redemption.item_id}:{redemption.station_id}:{redemption.code_epoch}"
    return desk.keys.token("pickup link", about)[:16].hex()


def link_of(desk: Desk, redemption: Redemption) -> str:
    return desk.link(f"v_{token_of(desk, redemption)}")


def hash_code(desk: Desk, station_id: int, item_id: int, code: str) -> str:
    """By which it is found, at its station and for its item only."""
    return desk.keys.hash("pickup", f"{station_id}:{item_id}:{code}")


def hash_token(desk: Desk, token: str) -> str:
    return desk.keys.hash("pickup link", token)


def give_code(desk: Desk, redemption: Redemption) -> Redemption:
    """A code that nothing else has."""
    epoch = redemption.code_epoch
    while True:
        code = _code(desk, redemption.id, redemption.item_id, redemption.station_id, epoch)
        code_hash = hash_code(desk, redemption.station_id, redemption.item_id, code)
        if not rows.is_taken(desk.conn, code_hash):
            break
        epoch += 1
    named = replace(redemption, code_epoch=epoch)
    rows.set_code(desk.conn, redemption.id, epoch, code_hash, hash_token(desk, token_of(desk, named)))
    return named


def wrong_codes(desk: Desk) -> list[str]:
    """Redemptions whose code is not the one that this desk gives them."""
    wrong = []
    for known, code_hash, token_hash in rows.with_hashes(desk.conn):
        code = hash_code(desk, known.station_id, known.item_id, code_of(desk, known))
        if (code_hash, token_hash) != (code, hash_token(desk, token_of(desk, known))):
            wrong.append(f"redemption {known.id} has a code that was never given to it")
    return wrong
