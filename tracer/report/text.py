"""Text for readers: invisible characters made visible, long names fitted into a width."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_PLAIN = re.compile(r"[\t\x20-\x7e]*")
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing at all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; ``code`` is set in the typeface of code, ``href`` is where it leads, if anywhere.

    ``mark`` is ``del`` or ``ins`` where it differs from what stands on the other side of a comparison.
    """

    text: str
    code: bool = False
    href: str = ""
    mark: str = ""


Phrase = tuple[Piece, ...]


def visible(text: str, *, newlines: bool = False) -> str:
    """``text`` with every control and formatting character shown by its code point; tabs stay, newlines if asked for.

    What could reorder, hide or end a line (bidirectional controls, C0 and C1, zero-width characters, lone
    surrogates, noncharacters, which no XML may hold) becomes ``<U+202E>``.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(char if newlines and char == "\n" else _shown(char) for char in text)


def _shown(char: str) -> str:
    return f"<U+{ord(char):04X}>" if char != "\t" and hidden(char) else char


def hidden(char: str) -> bool:
    """Whether a reader could not see this character, or would see others elsewhere because of it."""
    code = ord(char)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return noncharacter or char in _BLANKS or unicodedata.category(char) in _HIDDEN


def one_line(text: str) -> str:
    """``visible`` text without line ends and runs of blanks."""
    return " ".join(visible(text, newlines=True).split())


def clip(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters; what is missing in the middle is shown as an ellipsis."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return text[: width - 1 - tail] + "…" + text[len(text) - tail :]


def wrap(text: str, width: int, limit: int = 3) -> tuple[str, ...]:
    """``text`` in at most ``limit`` lines, broken before ``/``, ``.`` or ``(`` where that is possible."""
    lines: list[str] = []
    while len(text) > width and len(lines) < limit - 1:
        cut = max(text.rfind(mark, width // 2, width) for mark in "/.( ")
        cut = cut if cut > 0 else width
        lines.append(text[:cut])
        text = text[cut:]
    return (*lines, clip(text, width))


def plural(count: int, one: str, many: str = "") -> str:
    """``1 hop``, ``2 hops``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def slug(text: str) -> str:
    """A name for a file or an anchor: ASCII letters, digits and dashes only."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:60].strip("-") or "trace"
