"""Where in the desk file something stands, so that a fault can name its line: no TOML library keeps lines.

It walks over a text that tomllib has already accepted, so it need not look for mistakes.
"""

import re

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}#\n]*")  # numbers, dates, true and false


def read_lines(text: str) -> dict[Path, int]:
    """Every key path and array place of the text, with its line (from 1)."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.tables_in: dict[Path, int] = {}  # arrays of tables: the place of the newest one

    def document(self) -> None:
        table: Path = ()
        while self.next_char():
            if self.text.startswith("[[", self.at):
                table = self.header("[[", "]]")
            elif self.text.startswith("[", self.at):
                table = self.header("[", "]")
            else:
                self.pair(table)

    def header(self, opening: str, closing: str) -> Path:
        start = self.at
        self.at += len(opening)
        *around, last = self.key()
        self.next_char()
        self.at += len(closing)
        path: Path = ()
        for name in around:
            path = self.newest((*path, name))
            self.mark(path, start)
        path = (*path, last)
        if closing == "]]":
            self.mark(path, start)
            self.tables_in[path] = self.tables_in.get(path, -1) + 1
            path = self.newest(path)
        self.lines[path] = self.line(start)  # its own header is a better line than one of a table inside it
        return path

    def newest(self, path: Path) -> Path:
        return (*path, self.tables_in[path]) if path in self.tables_in else path

    def pair(self, table: Path) -> None:
        start = self.at
        path = table
        for name in self.key():
            path = (*path, name)
            self.mark(path, start)
        self.next_char()
        self.at += 1  # the equals sign
        self.value(path)

    def key(self) -> list[str]:
        names: list[str] = []
        while True:
            self.next_char()
            bare = _BARE.match(self.text, self.at)
            names.append(bare[0] if bare else self.string()[1:-1])
            self.at = bare.end() if bare else self.at
            if self.next_char() != ".":
                return names
            self.at += 1

    def value(self, path: Path) -> None:
        match self.next_char():
            case "[":
                place = 0
                while self.inside("]"):
                    self.mark((*path, place), self.at)
                    self.value((*path, place))
                    place += 1
            case "{":
                while self.inside("}"):
                    self.pair(path)
            case '"' | "'":
                self.string()
            case _:
                self.take(_PLAIN)

    def inside(self, closing: str) -> bool:
        """Past the opening bracket or a comma; whether another value follows, or else past the closing bracket."""
        if self.next_char() != closing:
            self.at += 1
        if self.next_char() != closing:
            return True
        self.at += 1
        return False

    def string(self) -> str:
        return self.take(_STRING)

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        assert found is not None, f"tomllib would have refused this text at {self.at}"
        self.at = found.end()
        return found[0]

    def next_char(self) -> str:
        """The next character that is neither blank nor comment; empty at the end."""
        self.take(_BLANK)
        return self.text[self.at : self.at + 1]

    def mark(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, self.line(at))

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1
