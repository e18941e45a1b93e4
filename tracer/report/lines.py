"""Single lines of source at a position: their text, and columns in characters instead of bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.errors import SourceError
from tracer.model import Position
from tracer.report.highlight import line_starts

Read = Callable[[str, str], bytes]
MAX_WIDTH = 400
"""Longer lines are cut: generated files hold lines of a megabyte."""


def no_source(repository: str, path: str) -> bytes:
    """A reader for where no source is at hand."""
    raise SourceError(f"{path} of {repository} was not read")


@dataclass(frozen=True, slots=True)
class Lines:
    """Reads each file once; a file that cannot be had has no lines."""

    read: Read
    _files: dict[tuple[str, str], tuple[bytes, list[int]]] = field(
        default_factory=dict[tuple[str, str], tuple[bytes, list[int]]]
    )

    def text(self, position: Position) -> str | None:
        """The line's text without its end, cut with ``…`` when long; None if there is no such line."""
        line = self._line(position)
        if line is None:
            return None
        text = line.decode("utf-8", "replace")
        if len(text) <= MAX_WIDTH:
            return text
        first = max(0, min(len(line[: position.column].decode("utf-8", "replace")) - MAX_WIDTH // 2, len(text)))
        last = first + MAX_WIDTH
        return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")

    def column(self, position: Position) -> int | None:
        """The position's column, from 1, in code points; None if the line has no such byte."""
        line = self._line(position)
        if line is None or not 1 <= position.column <= len(line) + 1:
            return None
        return len(line[: position.column - 1].decode("utf-8", "replace")) + 1

    def window(self, position: Position, before: int, after: int) -> list[tuple[int, str]]:
        """Numbered lines around a position."""
        _, starts = self._file(position)
        first, last = max(1, position.line - before), min(len(starts), position.line + after)
        numbers = range(first, last + 1)
        places = (Position(position.repository, position.path, n, 1) for n in numbers)
        return [(n, self.text(place) or "") for n, place in zip(numbers, places, strict=True)]

    def _line(self, position: Position) -> bytes | None:
        source, starts = self._file(position)
        if not 1 <= position.line <= len(starts):
            return None
        end = starts[position.line] if position.line < len(starts) else len(source)
        return source[starts[position.line - 1] : end].rstrip(b"\r\n")

    def _file(self, position: Position) -> tuple[bytes, list[int]]:
        key = (position.repository, position.path)
        if key not in self._files:
            try:
                source = self.read(*key)
            except SourceError:
                self._files[key] = b"", []
            else:
                self._files[key] = source, [] if b"\0" in source[:8000] else line_starts(source)
        return self._files[key]
