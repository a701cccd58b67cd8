"""Words that run from right to left among words that do not: the order in which a line is drawn.

The rules are those of Unicode's UAX #9 for plain words; its control characters never come here. Nothing of it depends
on what a machine has installed. Where HarfBuzz cannot join letters, Arabic ones are drawn in their joined forms.
"""

from __future__ import annotations

import unicodedata
from functools import cache

LEFT, RIGHT = 0, 1
STRONG = {"L": "L", "R": "R", "AL": "R"}
MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
LAM_ALEF = {"آ": "ﻵ", "أ": "ﻷ", "إ": "ﻹ", "ا": "ﻻ"}


def base_of(words: str) -> int:
    """The direction of the first letter that has one."""
    for sign in words:
        kind = unicodedata.bidirectional(sign)
        if kind in STRONG:
            return RIGHT if STRONG[kind] == "R" else LEFT
    return LEFT


def levels_of(words: str, base: int) -> list[int]:
    """How deep each sign is turned around: even is left to right, odd is right to left."""
    kinds = _numbers([unicodedata.bidirectional(sign) for sign in words], "R" if base else "L")
    outer = "R" if base else "L"
    at = 0
    while at < len(kinds):  # what stands between goes with its neighbours if they agree, else with the line
        if kinds[at] in ("L", "R", "EN", "AN"):
            at += 1
            continue
        end = at
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        before = _side(kinds[at - 1]) if at else outer
        after = _side(kinds[end]) if end < len(kinds) else outer
        kinds[at:end] = [before if before == after else outer] * (end - at)
        at = end
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _numbers(kinds: list[str], outer: str) -> list[str]:
    """Accents, digits and what belongs to them."""
    before, letter = outer, outer
    for at, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[at] = before
        if kinds[at] in ("L", "R", "AL"):
            letter = kinds[at]
        elif kinds[at] == "EN" and letter == "AL":
            kinds[at] = "AN"
        before = kinds[at]
    for at in range(1, len(kinds) - 1):
        sides = kinds[at - 1], kinds[at + 1]
        if (kinds[at] in ("ES", "CS") and sides == ("EN", "EN")) or (kinds[at] == "CS" and sides == ("AN", "AN")):
            kinds[at] = sides[0]
    for along in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        last = ""
        for at in along:
            if kinds[at] == "ET" and last == "EN":
                kinds[at] = "EN"
            last = kinds[at]
    letter = outer
    for at, kind in enumerate(kinds):
        if kind in STRONG:
            kinds[at] = letter = STRONG[kind]
        elif kind == "EN" and letter == "L":
            kinds[at] = "L"
    return kinds


def in_order(words: str, base: int) -> list[tuple[str, bool]]:
    """The parts of one line from left to right, and whether each runs from right to left."""
    levels = levels_of(words, base)
    for at in range(len(words) - 1, -1, -1):
        if not words[at].isspace():
            break
        levels[at] = base
    parts: list[tuple[str, int]] = []
    for sign, level in zip(words, levels, strict=True):
        if parts and parts[-1][1] == level:
            parts[-1] = (parts[-1][0] + sign, level)
        else:
            parts.append((sign, level))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(parts):
            end = at
            while end < len(parts) and parts[end][1] >= level:
                end += 1
            parts[at:end] = reversed(parts[at:end])
            at = max(end, at + 1)
    return [(part, bool(level % 2)) for part, level in parts]


# ── where nothing joins letters for us ──────────────────────────────────────────────────────────────────────────────


def turned(words: str, clusters: list[str]) -> str:
    """Right to left as it is drawn from left to right: Arabic letters joined, brackets mirrored."""
    joined = _joined(clusters)
    return "".join("".join(MIRRORED.get(sign, sign) for sign in each) for each in reversed(joined))


def _joined(clusters: list[str]) -> list[str]:
    forms, drawn = _forms(), []
    clusters = _with_ligatures(clusters)
    for at, cluster in enumerate(clusters):
        letter = cluster[0]
        before = at > 0 and "initial" in forms.get(clusters[at - 1][0], {})
        after = at + 1 < len(clusters) and "final" in forms.get(clusters[at + 1][0], {})
        own = forms.get(letter, {})
        after = after and "initial" in own
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get((before, after))
        drawn.append(own.get(form or "", letter) + cluster[1:])
    return drawn


def _with_ligatures(clusters: list[str]) -> list[str]:
    """Lam before alef is one sign, always."""
    found: list[str] = []
    for cluster in clusters:
        both = LAM_ALEF.get(cluster[0]) if found and found[-1] == "ل" else None
        if both:
            found[-1] = both + cluster[1:]
        else:
            found.append(cluster)
    return found


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Letter → its joined forms, as Unicode lists them."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if kind in ("<initial>", "<medial>", "<final>") and len(letters) == 1:
            found.setdefault(chr(int(letters[0], 16)), {})[kind.strip("<>")] = chr(code)
    for both in LAM_ALEF.values():
        found[both] = {"final": chr(ord(both) + 1)}
    return found
