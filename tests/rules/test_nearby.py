"""What is near is found wherever on earth it is: nothing is missed, also across the date line and around a pole."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from domain.nearby import band_of, boxes_around, distance

anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
step = st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
metres = st.sampled_from([1, 30, 50, 500, 9999])


def is_found(here: tuple[float, float], there: tuple[float, float], within: float) -> bool:
    """As the index is asked: by strip and longitude."""
    latitude, longitude = there
    return any(
        box.first <= band_of(latitude) <= box.last and box.west <= longitude <= box.east
        for box in boxes_around(*here, within)
    )


def test_distances_we_know() -> None:
    assert round(distance(0, 0, 0, 1)) == 111_195
    assert round(distance(30, 122, 30, 122)) == 0
    assert round(distance(0, 179.9995, 0, -179.9995)) == 111, "over the date line it is near"
    assert round(distance(89.9999, 0, 89.9999, 180)) == 22, "over the pole as well"


def test_across_the_date_line_there_are_two_boxes() -> None:
    east, west = boxes_around(-16.5, 179.9999, 50)
    assert east.east == 180 and west.west == -180 and west.east < -179.999
    assert is_found((-16.5, 179.9999), (-16.5, -179.9998), 50) and not is_found((-16.5, 179.9999), (-16.5, 0), 50)
    assert is_found((-16.5, -180), (-16.5, 180), 1), "the same line by its other name"


def test_around_a_pole_every_longitude_is_near() -> None:
    assert is_found((89.9999, 10), (89.9999, -170), 50)
    assert is_found((-90, 0), (-89.9999, 123), 50)


def test_a_box_in_a_town_is_small() -> None:
    (box,) = boxes_around(29.95, 122.3, 50)
    assert len(box.bands) <= 2 and box.east - box.west < 0.0012


@given(anywhere, step, metres)
@example((0.0, 180.0), (0.0, -0.0001), 50)
@example((90.0, 0.0), (-0.0001, 0.2), 50)
@example((-89.99999, -180.0), (0.0, 0.2), 50)
def test_whatever_is_near_lies_in_a_box(here: tuple[float, float], moved: tuple[float, float], within: int) -> None:
    """Steps over the pole and the date line come out on the other side."""
    latitude, longitude = here[0] + moved[0] * within / 9999, here[1] + moved[1] * 5
    if not -90 <= latitude <= 90:
        latitude, longitude = (180 if latitude > 0 else -180) - latitude, longitude + 180
    longitude = (longitude + 180) % 360 - 180
    near = distance(*here, latitude, longitude) <= within
    assert is_found(here, (latitude, longitude), within) or not near


@given(anywhere, anywhere, st.floats(1, 9999))
def test_any_two_places(here: tuple[float, float], there: tuple[float, float], within: float) -> None:
    near = distance(*here, *there) <= within
    assert is_found(here, there, within) or not near
