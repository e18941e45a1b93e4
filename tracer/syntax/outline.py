"""What of a file has to be parsed to know what it declares: its text without most functions, and without long bodies."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# The line on which a body opens: a function's, whose signature has one line or more, a type's, a composite literal's.
# Or a line that is a function.
_OPENING = re.compile(rb"\n(?:func\b[^\n]*(?:\{\n|\}(?=\n))|(?:type\b|var\b|\))[^\n]*\{\n)")
_FUNCTION = re.compile(rb"\nfunc (?:\((?:[A-Za-z_]\w* )?\*?([A-Za-z_]\w*)(?:\[[^\]\n]*\])?\) )?([A-Za-z_]\w*)[(\[]")
_END = re.compile(rb"\n\}[ \t]*(?=\n|//|\Z)")
_UNCLEAR = re.compile(rb"""[;"'`]|//|/\*""")
_STAND_IN = b"func _()"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that was left out, as far as it is known: from ``start`` to ``end`` in the file."""

    name: str
    receiver: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A text to parse instead of a file's; ``functions`` stand at these offsets of it in another form."""

    text: bytes
    functions: dict[int, Function]
    _ends: list[int]
    _shifts: list[int]

    def offset(self, at: int) -> int:
        """The byte offset in the file of what stands at one of the outline."""
        return at + self._shifts[bisect_right(self._ends, at)]


def outline(source: bytes) -> Outline:
    """The outline of a Go file.

    A body is taken to begin and end where gofmt breaks lines. Where that is not so, in a raw string, a comment or code that
    is not formatted, quotes, comment marks, braces or declarations are left in it: the body stays, or the rest does not parse,
    or a function does not stand where one can be.
    """
    parts = list[bytes]()
    functions = dict[int, Function]()
    ends, shifts = list[int](), [0]
    at = size = 0
    # The marks of raw strings and comments between ``at`` and ``seen``: each piece of the file is looked at once.
    ticks = depth = seen = 0
    for opening in _OPENING.finditer(source):
        if opening.start() < at:
            continue
        ticks += source.count(b"`", seen, opening.start())
        depth += source.count(b"/*", seen, opening.start()) - source.count(b"*/", seen, opening.start())
        seen = opening.start()
        if ticks % 2 or depth:
            continue
        found = _function(source, opening)
        if found is not None:
            kept, following = (source[at : found.start], _STAND_IN), found.end
            functions[size + len(kept[0])] = found
        else:
            end = source.find(b"\n}", opening.end())
            opens = source[opening.end() - 1 : opening.end()] == b"\n"
            if not opens or end < 0 or not _is_body(source[opening.start() + 1 : end]):
                continue
            kept, following = (source[at : opening.end()],), end
        parts += kept
        size += sum(map(len, kept))
        at = seen = following
        ticks = depth = 0
        ends.append(size)
        shifts.append(at - size)
    return Outline(b"".join((*parts, source[at:])), functions, ends, shifts)


def whole(source: bytes) -> Outline:
    """A file in place of its outline."""
    return Outline(source, {}, [], [0])


def _function(source: bytes, opening: re.Match[bytes]) -> Function | None:
    header = _FUNCTION.match(source, opening.start(), opening.end())
    if header is None:
        return None
    start, end = opening.start() + 1, opening.end()
    line = source[start:end]
    opened = line.count(b"{") - line.count(b"}")
    balanced = line.count(b"(") == line.count(b")") and opened == line.endswith(b"\n")
    if not balanced or _UNCLEAR.search(line):
        return None
    if opened:
        end = source.find(b"\n}", end - 1) + 2
        if end < 2 or not _END.match(source, end - 2) or not _is_body(source[start:end]):
            return None
    receiver, name = header.groups(b"")
    return Function(name.decode(), receiver.decode(), start, end)


def _is_body(source: bytes) -> bool:
    """Whether no raw string and no comment goes on beyond a line that opens a body and the body, and no declaration begins there."""
    if any(word in source for word in (b"\nfunc ", b"\nvar ", b"\nconst ", b"\ntype ")):
        return False
    return source.count(b"`") % 2 == 0 and source.count(b"/*") == source.count(b"*/")
