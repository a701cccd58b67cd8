"""A town of its own for every story, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import MORNING
from tests.town import TestTown, a_town


@pytest.fixture
async def town(tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING, database_url=database_url) as opened:
        yield opened
