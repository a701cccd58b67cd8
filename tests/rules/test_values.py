"""Values that are quickly made are in every respect what a frozen dataclass makes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from domain.values import quick


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    house: int = 3
    told: list[str] = field(default_factory=list)
    note: str | None = None

    @property
    def called(self) -> str:
        return f"{self.name} of {self.house}"


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    house: int = 3
    told: list[str] = field(default_factory=list)
    note: str | None = None

    @property
    def called(self) -> str:
        return f"{self.name} of {self.house}"


WAYS: list[Callable[[Any], Any]] = [
    lambda kind: kind("Ama"),
    lambda kind: kind("Ama", 4),
    lambda kind: kind("Ama", 4, ["rice"], "soon"),
    lambda kind: kind(note="soon", name="Ama"),
    lambda kind: replace(kind("Ama", 4), house=5),
    lambda kind: copy.deepcopy(kind("Ama", 4, ["rice"])),
    lambda kind: pickle.loads(pickle.dumps(kind("Ama", 4, ["rice"]))),
]


@pytest.mark.parametrize("way", WAYS)
def test_they_hold_the_same(way: Callable[[Any], Any]) -> None:
    plain, made = way(Plain), way(Quick)
    assert type(made) is Quick
    assert [getattr(made, each.name) for each in fields(Quick)] == [getattr(plain, each.name) for each in fields(Plain)]
    assert repr(made) == repr(plain).replace("Plain", "Quick")
    assert made.called == plain.called


@pytest.mark.parametrize(
    "wrong", [lambda kind: kind(), lambda kind: kind("Ama", floor=2), lambda kind: kind("A", name="B")]
)
def test_they_refuse_the_same(wrong: Callable[[Any], Any]) -> None:
    for kind in (Plain, Quick):
        with pytest.raises(TypeError):
            wrong(kind)


def test_nobody_changes_one() -> None:
    made = Quick("Ama")
    for name in ("name", "house", "note"):
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, "Faye")
        with pytest.raises(FrozenInstanceError):
            delattr(made, name)
    with pytest.raises((AttributeError, TypeError)):
        made.floor = 2  # type: ignore[attr-defined]
    assert made == Quick("Ama")


def test_they_are_told_apart_by_what_they_hold() -> None:
    assert Quick("Ama", told=["rice"]) == Quick("Ama", 3, ["rice"])
    assert Quick("Ama") != Quick("Ben")
    assert Quick("Ama") != Plain("Ama")


def test_none_shares_a_list_with_another() -> None:
    first, second = Quick("Ama"), Quick("Ben")
    first.told.append("rice")
    assert second.told == []


def test_what_is_more_than_its_fields_is_not_made_quickly() -> None:
    with pytest.raises(AssertionError, match="more than its fields"):

        @quick
        @dataclass(frozen=True, slots=True)
        class Careful:
            name: str

            def __post_init__(self) -> None:
                assert self.name
