"""The source around a position: coloured lines with the call marked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.errors import SourceError
from tracer.model import Position
from tracer.report.highlight import highlight, line_starts
from tracer.report.links import Links, Place

CONTEXT = 6
MAX_WIDTH = 400
"""Longer lines are cut: generated files hold lines of a megabyte."""
_MAX_CALL_LINES = 24
_LOOK_BACK = 400
_NAME = re.compile(rb"[\w\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one colour; ``marked`` is the called name."""

    text: str
    css: str | None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A numbered line; ``called`` if it is part of the call."""

    number: int
    spans: tuple[Span, ...]
    called: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines of a file; ``missing`` says why there are none."""

    place: Place
    lines: tuple[SourceLine, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Snippets:
    """Reads files once and cuts snippets out of them."""

    read: Callable[[str, str], bytes]
    links: Links
    _files: dict[tuple[str, str], bytes | str] = field(default_factory=dict[tuple[str, str], bytes | str])
    _made: dict[tuple[Position, str], Snippet] = field(default_factory=dict[tuple[Position, str], Snippet])

    def call(self, site: Position, code: str) -> Snippet:
        """The lines around a call, whose text is ``code`` on one line."""
        return self._cached(site, code, CONTEXT)

    def declaration(self, position: Position) -> Snippet:
        """The lines around a declared name."""
        return self._cached(position, "", CONTEXT // 2)

    def _cached(self, position: Position, code: str, context: int) -> Snippet:
        key = (position, code)
        if key not in self._made:
            self._made[key] = self._cut(position, code, context)
        return self._made[key]

    def _source(self, repository: str, path: str) -> bytes | str:
        key = (repository, path)
        if key not in self._files:
            try:
                self._files[key] = self.read(repository, path)
            except SourceError as error:
                self._files[key] = error.message
        return self._files[key]

    def _cut(self, position: Position, code: str, context: int) -> Snippet:
        place = self.links.place(position)
        assert place is not None
        source = self._source(position.repository, position.path)
        if isinstance(source, str):
            return Snippet(place, (), f"The source cannot be had: {source}")
        starts = line_starts(source)
        if not 1 <= position.line <= len(starts) or b"\0" in source[:8000]:
            return Snippet(place, (), "The source cannot be had: the file has no such line of text")
        at = starts[position.line - 1] + max(0, position.column - 1)
        begin, end = _extent(source, at, code)
        first_called = min(position.line, position.line - source.count(b"\n", begin, at))
        last_called = min(position.line + source.count(b"\n", at, end), first_called + _MAX_CALL_LINES)
        first, last = max(1, first_called - context), min(len(starts), last_called + context)
        name = _name_range(source, starts, position)
        lines: list[SourceLine] = []
        for number, spans in enumerate(highlight(source, first, last, path=position.path), first):
            mark = name if number == position.line else None
            lines.append(SourceLine(number, _spans(spans, mark), first_called <= number <= last_called))
        return Snippet(place, tuple(lines))


def _extent(source: bytes, at: int, code: str) -> tuple[int, int]:
    """The byte range around ``at`` whose text, on one line, is ``code``; empty at ``at`` if there is none."""
    wanted = "".join(code.removesuffix("…").split()).encode("utf-8", "replace")
    if wanted:
        for begin in range(at, max(-1, at - _LOOK_BACK), -1):
            end = _match(source, begin, wanted)
            if end >= at:
                return begin, end
    return at, at


def _match(source: bytes, begin: int, wanted: bytes) -> int:
    """Where ``wanted`` ends if it stands at ``begin``, blanks in the source skipped; -1 if it does not."""
    at = begin
    for byte in wanted:
        while at > begin and source[at : at + 1].isspace():
            at += 1
        if at >= len(source) or source[at] != byte:
            return -1
        at += 1
    return at


def _name_range(source: bytes, starts: list[int], position: Position) -> tuple[int, int] | None:
    """The called name as a range of characters of its line."""
    start = starts[position.line - 1]
    end = source.find(b"\n", start)
    line = source[start : end if end >= 0 else len(source)]
    found = _NAME.match(line, position.column - 1) if position.column >= 1 else None
    if found is None:
        return None
    before = len(line[: found.start()].decode("utf-8", "replace"))
    return before, before + len(found[0].decode("utf-8", "replace"))


def _spans(line: list[tuple[str | None, str]], mark: tuple[int, int] | None) -> tuple[Span, ...]:
    """A line's spans, cut at the mark's edges and, around the mark, to the width that is shown."""
    low, high = mark or (0, 0)
    width = sum(len(text) for _, text in line)
    left = max(0, low - MAX_WIDTH // 2) if width > MAX_WIDTH else 0
    right = left + MAX_WIDTH if width > MAX_WIDTH else width
    out: list[Span] = [Span("…", "cut")] if left else []
    at = 0
    for css, text in line:
        edges = sorted({at, at + len(text), *(e for e in (low, high, left, right) if at < e < at + len(text))})
        for a, b in itertools.pairwise(edges):
            if left <= a and b <= right:
                out.append(Span(text[a - at : b - at], css, low <= a and b <= high))
        at += len(text)
    if right < width:
        out.append(Span("…", "cut"))
    return tuple(out)
