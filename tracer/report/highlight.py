"""Source bytes -> lines of coloured text, for a window of a file."""

from __future__ import annotations

import itertools
import re

WHOLE_FILE = 2_000_000
"""Files up to this size are parsed whole; of larger ones only the declarations around the window."""

Line = list[tuple[str | None, str]]

_CLASSES = {
    "type": "ty",
    "function": "fn",
    "function.method": "fn",
    "function.builtin": "bi",
    "constant.builtin": "bi",
    "keyword": "kw",
    "number": "nu",
    "string": "st",
    "comment": "co",
}
_LANGUAGES = {"go": "go", "c": "c", "h": "c"}
_DECLARATION = re.compile(rb"^(?:func|type|var|const|import|package)\b", re.MULTILINE)


def highlight(source: bytes, first: int = 1, last: int | None = None, *, path: str = "x.go") -> list[Line]:
    """Lines ``first`` to ``last`` (from 1, both included) as ``(CSS class or None, text)``; tabs stay, line ends go.

    Go and C are coloured; any other file, and what cannot be parsed in time, is plain text.
    """
    starts = line_starts(source)
    last = len(starts) if last is None else min(last, len(starts))
    if first > last:
        return []
    begin = starts[first - 1]
    end = starts[last] if last < len(starts) else len(source)
    language = _LANGUAGES.get(path.rpartition(".")[2])
    spans = _spans(source, begin, end, language) if language is not None else []
    classes = _paint(spans, begin, end)
    bounds = [*starts[first - 1 : last], end]
    return [_line(source, classes, a, b, begin) for a, b in itertools.pairwise(bounds)]


def line_starts(source: bytes) -> list[int]:
    """The byte at which each line begins; a newline at the very end begins no further line."""
    starts = [0, *(m.end() for m in re.finditer(rb"\n", source))]
    if len(starts) > 1 and starts[-1] == len(source):
        starts.pop()
    return starts


def _spans(source: bytes, begin: int, end: int, language: str) -> list[tuple[int, int, str]]:
    from tracer.syntax.highlights import highlights

    offset = 0
    if len(source) >= WHOLE_FILE:
        if language != "go":
            return []
        offset, stop = _declarations(source, begin, end)
        if stop - offset >= WHOLE_FILE:
            return []
        source = source[offset:stop]
    found = highlights(source, begin - offset, end - offset, language)
    return [(a + offset, b + offset, name) for a, b, name in found if name in _CLASSES]


def _declarations(source: bytes, begin: int, end: int) -> tuple[int, int]:
    """The range of the top-level declarations that hold a window, by the lines that begin one."""
    low = max(0, begin - WHOLE_FILE // 4)
    starts = [m.start() for m in _DECLARATION.finditer(source, low, begin + 1)]
    following = _DECLARATION.search(source, end, end + WHOLE_FILE // 4)
    stop = following.start() if following else min(len(source), end + WHOLE_FILE // 4)
    return (starts[-1] if starts else begin), stop


def _paint(spans: list[tuple[int, int, str]], begin: int, end: int) -> list[str | None]:
    """The class of each byte of the window."""
    classes: list[str | None] = [None] * (end - begin)
    for a, b, name in spans:
        low, high = max(a, begin) - begin, min(b, end) - begin
        classes[low:high] = [_CLASSES[name]] * (high - low)
    return classes


def _line(source: bytes, classes: list[str | None], start: int, end: int, begin: int) -> Line:
    if source[end - 1 : end] == b"\n":
        end -= 1
        if source[end - 1 : end] == b"\r" and end > start:
            end -= 1
    line: Line = []
    at = start
    while at < end:
        stop = at + 1
        while stop < end and classes[stop - begin] == classes[at - begin]:
            stop += 1
        line.append((classes[at - begin], source[at:stop].decode("utf-8", "replace")))
        at = stop
    return line
