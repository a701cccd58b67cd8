"""Evenings by chance on each database, and every evening that has ever gone wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulator.acts import STEPS
from tests.simulator.invariants import INVARIANTS
from tests.simulator.machine import POINTS
from tests.simulator.play import play_seed
from tests.simulator.seeds import evenings, steps_of


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("database_url", "seed"), evenings(), indirect=["database_url"])
def test_whatever_happens_what_must_hold_holds(seed: int, tmp_path: Path, database_url: str) -> None:
    database = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    play_seed(seed, steps_of(database, seed), tmp_path, database_url, STEPS, INVARIANTS)


def test_a_seed_is_the_same_every_time(tmp_path: Path, database_url: str, another_url: str) -> None:
    first = play_seed(7, 120, tmp_path / "first", database_url, STEPS, INVARIANTS)
    again = play_seed(7, 120, tmp_path / "again", another_url, STEPS, INVARIANTS)
    assert first.done == again.done
    assert first.final == again.final


def test_another_seed_is_another_evening(tmp_path: Path, database_url: str, another_url: str) -> None:
    first = play_seed(1, 10, tmp_path / "first", database_url, STEPS, INVARIANTS)
    other = play_seed(2, 10, tmp_path / "other", another_url, STEPS, INVARIANTS)
    assert first.done != other.done


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_dangerous_moment_comes_up(tmp_path: Path, database_url: str) -> None:
    play = play_seed(1, 300, tmp_path, database_url, STEPS, INVARIANTS)
    assert set(play.machine.reached_points) == set(POINTS)
    assert play.machine.kills > 3
    assert len(play.counts) > len(STEPS) // 2
