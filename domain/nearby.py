"""What lies near on a round earth: strips that an index finds quickly, and the distance that decides.

The earth is cut along its parallels into strips of some 110 metres. Within a strip an index is in the order of the
longitudes, so that whatever may be near stands together in it, however much there is elsewhere.
"""

from __future__ import annotations

from math import asin, cos, degrees, floor, radians, sin, sqrt
from typing import NamedTuple

EARTH = 6_371_008.8
"""Its mean radius in metres."""
PER_DEGREE = 1000
"""Strips to a degree of latitude."""
CLOSE_CALL = 1e-9
"""In degrees, a tenth of a millimetre: what rounding may take away from the edge of a box."""


class Box(NamedTuple):
    """Strips from one to the other, and what of them lies between two longitudes."""

    first: int
    last: int
    west: float
    east: float

    @property
    def bands(self) -> list[int]:
        return list(range(self.first, self.last + 1))


def band_of(latitude: float) -> int:
    """The strip a place lies in, counted from the south pole."""
    return floor((latitude + 90) * PER_DEGREE)


def boxes_around(latitude: float, longitude: float, metres: float) -> list[Box]:
    """Boxes that hold every place so near: one, or two on both sides of the date line."""
    reach = degrees(metres / EARTH) + CLOSE_CALL
    south, north = latitude - reach, latitude + reach
    first, last = band_of(max(south, -90)), band_of(min(north, 90))
    if south <= -90 or north >= 90:
        return [Box(first, last, -180, 180)]  # around a pole, every longitude is near
    aside = degrees(asin(min(1.0, sin(radians(reach)) / cos(radians(latitude))))) + CLOSE_CALL
    west, east = longitude - aside, longitude + aside
    if west <= -180:
        return [Box(first, last, -180, east), Box(first, last, west + 360, 180)]
    if east >= 180:
        return [Box(first, last, west, 180), Box(first, last, -180, east - 360)]
    return [Box(first, last, west, east)]


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """In metres along the ground, by the haversine."""
    north, east = radians(other_latitude - latitude), radians(other_longitude - longitude)
    across = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(across)))
