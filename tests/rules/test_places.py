"""Units form a tree: a community lies in a town, a town in a district."""

from domain.places import Unit, children, communities, find_above, find_level, is_within, path_up

UNITS = {
    key: Unit(key, level, {"en": key.title()}, parent)
    for key, level, parent in [
        ("putuo", "district", None),
        ("donggang", "town", "putuo"),
        ("ankang", "community", "donggang"),
        ("haitang", "community", "donggang"),
        ("island", "community", "putuo"),  # a district may have a community of its own
    ]
}


def keys(units: list[Unit]) -> list[str]:
    return [unit.key for unit in units]


def test_the_way_up_begins_with_the_unit_itself() -> None:
    assert keys(path_up(UNITS, "ankang")) == ["ankang", "donggang", "putuo"]
    assert keys(path_up(UNITS, "putuo")) == ["putuo"]
    assert path_up(UNITS, "nowhere") == []


def test_a_circle_ends() -> None:
    circle = {"a": Unit("a", "town", {}, "b"), "b": Unit("b", "town", {}, "a")}
    assert keys(path_up(circle, "a")) == ["a", "b"]


def test_a_level_is_found_at_or_above() -> None:
    assert find_level(UNITS, "ankang", "town") == UNITS["donggang"]
    assert find_level(UNITS, "ankang", "community") == UNITS["ankang"]
    assert find_level(UNITS, "ankang", None) == UNITS["ankang"]
    assert find_level(UNITS, "island", "town") is None
    assert find_level(UNITS, "donggang", "community") is None


def test_around_a_unit() -> None:
    assert find_above(UNITS, "ankang") == UNITS["donggang"]
    assert find_above(UNITS, "putuo") is None
    assert keys(children(UNITS, "donggang")) == ["ankang", "haitang"]
    assert keys(children(UNITS, None)) == ["putuo"]
    assert keys(communities(UNITS)) == ["ankang", "haitang", "island"]


def test_within_includes_the_unit_itself() -> None:
    assert is_within(UNITS, "ankang", "putuo")
    assert is_within(UNITS, "ankang", "ankang")
    assert not is_within(UNITS, "donggang", "ankang")
    assert not is_within(UNITS, "island", "donggang")
