"""Statements that never change: compiled once, and on SQLite run straight on the driver.

SQLAlchemy takes some 30 µs of CPU to run a statement that SQLite answers in three, and a message needs two dozen of
them. Here a statement is compiled by SQLAlchemy the first time it is run; from then on its values and its rows go
through the same types, and nothing else stands between. On PostgreSQL, where waiting outweighs this by far, and
wherever else it cannot be done, SQLAlchemy runs it as ever.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection, Delete, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
Params = dict[str, Any]


class _Value(NamedTuple):
    """Where a value comes from: a parameter, the so many-th of a list, or always the same."""

    name: str | None
    place: int | None
    always: Any
    convert: Convert | None

    def of(self, params: Params) -> Any:
        value = self.always if self.name is None else params[self.name]
        if self.place is not None:
            value = value[self.place]
        return self.convert(value) if self.convert is not None and value is not None else value


class _Compiled(NamedTuple):
    """What SQLite is told, where each of its values comes from, and how a row is read."""

    sql: str
    values: list[_Value]
    take: Callable[[Params], Sequence[Any]] | None  # all values at once, where each is a parameter of its own
    makes: list[tuple[int, Convert]]  # which of them have to be made into another
    row: Callable[[Sequence[Any]], Any]
    reads: list[tuple[int, Convert]]
    steady: bool  # can nobody who is handed such a row change it?

    def arguments(self, params: Params) -> Sequence[Any]:
        if self.take is None:
            return [value.of(params) for value in self.values]
        if not self.makes:
            return self.take(params)
        made = list(self.take(params))
        for place, convert in self.makes:
            if made[place] is not None:
                made[place] = convert(made[place])
        return made

    def read(self, raw: Sequence[Any]) -> Any:
        if not self.reads:
            return self.row(raw)
        fields = list(raw)
        for place, convert in self.reads:
            if fields[place] is not None:
                fields[place] = convert(fields[place])
        return self.row(fields)


_KNOWN: dict[sqlite3.Connection, dict[tuple[Any, ...], Any]] = {}
"""Of connections that see one state of the database until they are done: what has been asked, and what was found."""


@contextmanager
def asking_once(conn: Connection) -> Iterator[None]:
    """Here nothing is written, and what is read does not change: whoever asks the same again is told the same.

    A wave of cards asks for the same people and orders several times over. Rows that hold something their reader
    could change, as an answer that is no longer true goes from a conversation, are read anew.
    """
    driver: Any = conn.connection.dbapi_connection
    if type(driver) is not sqlite3.Connection:
        yield
        return
    _KNOWN[driver] = {}
    try:
        yield
    finally:
        del _KNOWN[driver]


class Prepared:
    """One statement; an UPDATE or an INSERT takes its columns from the parameters.

    `made`: what a row becomes, given its values one by one, and never changes from then on; otherwise a named tuple.
    """

    def __init__(
        self, statement: Select[Any] | Insert | Update | Delete, made: Callable[..., Any] | None = None
    ) -> None:
        self.statement, self._made = statement, made
        self._takes_lists = False  # known once it is compiled
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}
        self._only: _Compiled | None = None  # where it is the same for all parameters

    def all(self, conn: Connection, params: Params) -> list[Any]:
        """Every row."""
        driver = self._driver(conn)
        if driver is None:
            rows = list(conn.execute(self.statement, params).all())
            return rows if self._made is None else [self._made(*row) for row in rows]
        params = self._evened(params) if self._takes_lists else params
        compiled = self._for(conn, params)
        values = compiled.arguments(params)
        known = _KNOWN.get(driver) if compiled.steady else None
        if known is not None and (self, compiled.sql, *values) in known:
            return list(known[self, compiled.sql, *values])
        rows = [compiled.read(row) for row in run_straight(driver, compiled.sql, values).fetchall()]
        if known is not None:
            known[self, compiled.sql, *values] = list(rows)
        return rows

    def first(self, conn: Connection, params: Params) -> Any:
        """The first row, or None."""
        driver = self._driver(conn)
        if driver is None:
            row = conn.execute(self.statement, params).first()
            return row if row is None or self._made is None else self._made(*row)
        params = self._evened(params) if self._takes_lists else params
        compiled = self._for(conn, params)
        values = compiled.arguments(params)
        known = _KNOWN.get(driver) if compiled.steady else None
        if known is not None and (None, self, compiled.sql, *values) in known:
            return known[None, self, compiled.sql, *values]
        cursor = run_straight(driver, compiled.sql, values)
        raw = cursor.fetchone()
        cursor.close()  # a cursor left open would hold the database as it is now
        row = None if raw is None else compiled.read(raw)
        if known is not None:
            known[None, self, compiled.sql, *values] = row
        return row

    def scalar(self, conn: Connection, params: Params) -> Any:
        """The first value of the first row, or None."""
        row = self.first(conn, params)
        return None if row is None else row[0]

    def count(self, conn: Connection, params: Params) -> int:
        """How many rows it changed."""
        driver = self._driver(conn)
        if driver is None:
            return conn.execute(self.statement, params).rowcount
        params = self._evened(params) if self._takes_lists else params
        compiled = self._for(conn, params)
        return run_straight(driver, compiled.sql, compiled.arguments(params)).rowcount

    def many(self, conn: Connection, rows: Sequence[Params]) -> None:
        """Once for each; all of them name the same columns."""
        if not rows:
            return
        driver = self._driver(conn)
        if driver is None:
            conn.execute(self.statement, rows)
            return
        compiled = self._for(conn, rows[0])
        run_straight(driver, compiled.sql, [compiled.arguments(row) for row in rows], many=True)

    def _driver(self, conn: Connection) -> sqlite3.Connection | None:
        """SQLite's own connection; None where SQLAlchemy is to run it, also to refuse what must not be done now."""
        driver: Any = conn.connection.dbapi_connection
        return driver if type(driver) is sqlite3.Connection and driver.in_transaction else None

    def _evened(self, params: Params) -> Params:
        """Lists as long as the next power of two, their last said again: so there are few texts to be compiled."""
        return {name: _doubled(value) if type(value) is list else value for name, value in params.items()}

    def _for(self, conn: Connection, params: Params) -> _Compiled:
        """For these parameters; lists of another length make another text."""
        if self._only is not None:
            return self._only
        named: tuple[Any, ...] = tuple(params)
        if self._takes_lists:
            named += tuple(len(value) for value in params.values() if type(value) is list)
        compiled = self._compiled.get(named)
        if compiled is None:
            compiled = self._compiled[named] = self._compile(conn, params)
            if not (self._takes_lists or isinstance(self.statement, Insert | Update)):
                self._only = compiled
        return compiled

    def _compile(self, conn: Connection, params: Params) -> _Compiled:
        dialect = conn.dialect
        keys = list(params) if isinstance(self.statement, Insert | Update) else None
        made: Any = self.statement.compile(dialect=dialect, column_keys=keys)
        expanded = made.construct_expanded_state(params)
        listed = {
            each: (name, place)
            for name, parts in expanded.parameter_expansion.items()
            for place, each in enumerate(parts)
        }
        self._takes_lists = any(name in params for name in expanded.parameter_expansion)
        values = []
        for each in expanded.positiontup:
            name, place = listed.get(each, (each, None))
            bind = made.binds[name]
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            values.append(_Value(bind.key if bind.key in params else None, place, bind.value, convert))
        sql, values = _settled(expanded.statement, values)
        columns = list(self.statement.exported_columns)
        converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        reads: list[tuple[int, Convert]] = [(at, convert) for at, convert in enumerate(converts) if convert is not None]
        names = [str(column.key) for column in columns]
        makes = [(at, value.convert) for at, value in enumerate(values) if value.convert is not None]
        row: Callable[[Sequence[Any]], Any] = partial(tuple.__new__, namedtuple("Row", names, rename=True))
        if self._made is not None:
            row = _spread(self._made)
        steady = self._made is not None or not any(isinstance(column.type, JSON) for column in columns)
        return _Compiled(sql, values, _taken(values), makes, row, reads, steady)


def _spread(made: Callable[..., Any]) -> Callable[[Sequence[Any]], Any]:
    return lambda values: made(*values)


def _doubled(listed: list[Any]) -> list[Any]:
    return listed + listed[-1:] * ((1 << (len(listed) - 1).bit_length()) - len(listed)) if listed else listed


def run_straight(
    driver: sqlite3.Connection, sql: str, values: Sequence[Any] = (), many: bool = False
) -> sqlite3.Cursor:
    try:
        return driver.executemany(sql, values) if many else driver.execute(sql, values)
    except sqlite3.Error as fault:
        raise DBAPIError.instance(sql, None, fault, sqlite3.Error, hide_parameters=True) from fault


def begin_with(words: str) -> Callable[[Connection], None]:
    """For an engine of SQLite's: its transactions begin with these words."""

    def begin(conn: Connection) -> None:
        run_straight(conn.connection.dbapi_connection, words)  # type: ignore[arg-type]

    return begin


def _settled(sql: str, values: list[_Value]) -> tuple[str, list[_Value]]:
    """What is always the same stands in the words themselves: of a parameter that an index over some of the rows
    depends on, SQLite would think anew each time, four times as long as it then looks."""
    first, *others = sql.split("?")
    assert len(others) == len(values)
    left: list[_Value] = []
    for value, words in zip(values, others, strict=True):
        settled = value.name is None and value.convert is None and type(value.always) in (str, int)
        if not settled:
            left.append(value)
        first += (_literal(value.always) if settled else "?") + words
    return first, left


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _taken(values: list[_Value]) -> Callable[[Params], Sequence[Any]] | None:
    names = [each.name for each in values if each.name is not None and each.place is None]
    if len(names) != len(values):
        return None
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda params: (params[names[0]],)) if names else (lambda params: ())
