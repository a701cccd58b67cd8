"""The demo's folder is emptied at every start: so it has to be a demo's, and nobody's else at that moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.words import Text, _
from storage.lock import AnotherIsRunning, Lock

HOME = Path("var/demo")
MARK = "demo.lock"
"""Held by the demo that runs here; wherever it lies, a demo has been."""

IN_USE = _(
    "A demo is running in {folder} already. End it with Ctrl-C, or give this one a folder of its own with --data."
)
NOT_A_DEMOS = _(
    "{folder} holds something that no demo has put there, so I leave it as it is. Choose another with --data."
)
PORT_TAKEN = _("Another program is at port {port} already; perhaps a demo. End it, or choose another port with --port.")


class CannotBegin(Exception):
    """No demo was begun, and nothing was touched; `said` tells whoever tried what to do."""

    def __init__(self, said: Text) -> None:
        super().__init__(type(self).__name__)
        self.said = said


@contextmanager
def emptied(data: Path) -> Iterator[Path]:
    """A folder with nothing of before in it, and nobody else's until we are done."""
    if data.exists() and not _is_a_demos(data):
        raise CannotBegin(NOT_A_DEMOS(folder=str(data)))
    lock = Lock(data / MARK)
    try:
        lock.take()
    except AnotherIsRunning:
        raise CannotBegin(IN_USE(folder=str(data))) from None
    try:
        for each in data.iterdir():
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
            elif each.name != MARK:
                each.unlink()
        yield data
    finally:
        lock.release()


def _is_a_demos(data: Path) -> bool:
    return data.is_dir() and (data == HOME or (data / MARK).exists() or not any(data.iterdir()))
