"""The source around a position: coloured lines with the call marked; the whole function where it is asked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.errors import SourceError
from tracer.model import Position
from tracer.report.highlight import WHOLE_FILE, highlight, line_starts
from tracer.report.links import Links, Place
from tracer.syntax.facts import Declaration

CONTEXT = 6
MAX_WIDTH = 400
"""Longer lines are cut: generated files hold lines of a megabyte."""
_MAX_CALL_LINES = 24
_MAX_FUNCTION_LINES = 1500
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
class Files:
    """Reads files once; knows their declarations."""

    read: Callable[[str, str], bytes]
    _read: dict[tuple[str, str], bytes | str] = field(default_factory=dict[tuple[str, str], bytes | str])
    _declared: dict[tuple[str, str], tuple[Declaration, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[Declaration, ...]]
    )

    def source(self, repository: str, path: str) -> bytes | str:
        """The bytes of a file, or why they cannot be had."""
        key = (repository, path)
        if key not in self._read:
            try:
                source = self.read(repository, path)
                binary = b"\0" in source[:8000]
                self._read[key] = "the file has no such line of text" if binary else source
            except SourceError as error:
                self._read[key] = error.message
        return self._read[key]

    def declaration(self, position: Position) -> Declaration | None:
        """The function or method around a position."""
        key = (position.repository, position.path)
        source = self.source(*key)
        if isinstance(source, str) or not position.path.endswith(".go") or len(source) >= WHOLE_FILE:
            return None
        if key not in self._declared:
            from tracer.syntax.parse import extract

            found = extract(source).declarations
            self._declared[key] = tuple(d for d in found if d.kind in ("func", "method"))
        return next((d for d in self._declared[key] if _holds(source, d, position.line)), None)


def _holds(source: bytes, declaration: Declaration, line: int) -> bool:
    if declaration.line > line:
        return False
    return line <= declaration.line + source.count(b"\n", declaration.start, declaration.end)


@dataclass(frozen=True, slots=True)
class Snippets:
    """Cuts snippets out of files."""

    files: Files
    links: Links
    _made: dict[tuple[Position, str, int | range], Snippet] = field(
        default_factory=dict["tuple[Position, str, int | range]", "Snippet"]
    )

    def call(self, site: Position, code: str) -> Snippet:
        """The lines around a call, whose text is ``code`` on one line."""
        return self._cached(site, code, CONTEXT)

    def declaration(self, position: Position) -> Snippet:
        """The lines around a declared name."""
        return self._cached(position, "", CONTEXT // 2)

    def function(self, site: Position, code: str) -> Snippet | None:
        """The whole function around a call, or None where ``call`` shows as much or it is longer than anybody reads."""
        around = self.files.declaration(site)
        source = self.files.source(site.repository, site.path)
        if around is None or isinstance(source, str):
            return None
        count = source.count(b"\n", around.start, around.end) + 1
        shown = {line.number for line in self.call(site, code).lines}
        lines = range(around.line, around.line + count)
        if count > _MAX_FUNCTION_LINES or shown.issuperset(lines):
            return None
        return self._cached(site, code, lines)

    def _cached(self, position: Position, code: str, wanted: int | range) -> Snippet:
        key = (position, code, wanted)
        if key not in self._made:
            self._made[key] = self._cut(position, code, wanted)
        return self._made[key]

    def _cut(self, position: Position, code: str, wanted: int | range) -> Snippet:
        """``wanted`` are lines, or how many stand before and after the call."""
        place = self.links.place(position)
        assert place is not None
        source = self.files.source(position.repository, position.path)
        if isinstance(source, str):
            return Snippet(place, (), source)
        starts = line_starts(source)
        if not 1 <= position.line <= len(starts):
            return Snippet(place, (), "the file has no such line of text")
        at = starts[position.line - 1] + max(0, position.column - 1)
        begin, end = _extent(source, at, code)
        first_called = min(position.line, position.line - source.count(b"\n", begin, at))
        last_called = min(position.line + source.count(b"\n", at, end), first_called + _MAX_CALL_LINES)
        if isinstance(wanted, range):
            first, last = wanted.start, min(len(starts), wanted.stop - 1)
        else:
            first, last = max(1, first_called - wanted), min(len(starts), last_called + wanted)
        name = name_range(source, starts, position.line, position.column)
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


def name_range(source: bytes, starts: list[int], line_number: int, column: int) -> tuple[int, int] | None:
    """The name that stands at a line and column (in bytes), as a range of characters of its line."""
    start = starts[line_number - 1]
    end = source.find(b"\n", start)
    line = source[start : end if end >= 0 else len(source)]
    found = _NAME.match(line, column - 1) if column >= 1 else None
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
