"""The desk files that come with Linli: one to begin with in each language, and the invented town of the demo."""

from importlib.resources import files


def shipped_desk_file(name: str) -> str:
    """The text of "demo", "desk.zh_Hans" or "desk.en"."""
    return files(__name__).joinpath(f"{name.removesuffix('.toml')}.toml").read_text(encoding="utf-8")
