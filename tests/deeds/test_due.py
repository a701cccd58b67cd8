"""What is due and fails is tried again alone; trouble of the house is not its fault."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from desk.due import do_alone
from tests.conftest import AtDesk


class TransactionLost(Exception):
    """The database has ended the transaction by itself, and undoing finds that out."""


def fails(fault: Exception) -> Any:
    def deed() -> None:
        raise fault

    return deed


def test_a_row_that_fails_is_said_to_have_failed(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert not do_alone(desk, fails(ValueError("a row of its own")))


def test_a_full_disk_is_no_rows_fault_though_undoing_fails_as_well(at_desk: AtDesk) -> None:
    def lost(*_what: object) -> None:
        raise TransactionLost

    with at_desk() as desk:
        event.listen(desk.conn, "rollback_savepoint", lost)
        with pytest.raises(TransactionLost):
            do_alone(desk, fails(OperationalError("INSERT", {}, Exception("database or disk is full"))))
