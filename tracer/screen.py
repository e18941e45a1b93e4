"""What a person reads in a terminal: lines that fit its width, links where it is one, colours where they are wanted.

Every text of a source goes through ``visible`` before it gets here or here: no escape sequence and no bidirectional
control of a source reaches the terminal. Nothing is told by colour alone, and what is piped is told as well, one line
for each thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tracer.model import EdgeKind, Position
from tracer.report.links import Links, Place
from tracer.report.text import visible

KINDS = {
    EdgeKind.CALL: "green",
    EdgeKind.INTERFACE: "cyan",
    EdgeKind.VALUE: "cyan",
    EdgeKind.RPC: "bold magenta",
    EdgeKind.EXEC: "bold magenta",
    EdgeKind.READ: "bold",
}
_BREAKS = tuple(re.compile(pattern) for pattern in (r"(?<=\S)  ", r"(?<=\S) ", r"/", r".(?=[.(])"))


@dataclass(frozen=True, slots=True)
class Screen:
    """Where it is written. ``width`` is None where lines may be as long as they are; ``links`` where a terminal opens them."""

    console: Console
    width: int | None
    links: bool

    @classmethod
    def of(cls, console: Console) -> Screen:
        """A terminal gets its width and links, a file or a pipe neither."""
        real = console.is_terminal and console.file.isatty()
        linked = real and not console.is_dumb_terminal
        return cls(console, console.width if real else None, linked)

    def line(self, text: Text, first: str = "", rest: str | None = None) -> None:
        """A text behind ``first``, and where it does not fit its further lines behind ``rest``."""
        rest = " " * len(first) if rest is None else rest
        # A tab, in a path for one, has no width that could be counted on.
        text.expand_tabs(1)
        rooms = [None if self.width is None else max(12, self.width - cell_len(rail)) for rail in (first, rest)]
        for i, part in enumerate(_wrapped(text, *rooms)):
            out = Text.assemble((rest if i else first, "dim"), part)
            self.console.print(out, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def fits(self, size: int) -> bool:
        return self.width is None or size <= self.width

    def place(self, text: str, url: str | None) -> Text:
        """A place, as a link where there is an address."""
        style = Style(dim=True, link=url) if url is not None and self.links else Style(dim=True)
        return Text(visible(text), style)

    def shown(self, place: Place | None) -> Text:
        """A place, or that of what only the standard library's facts know."""
        changed = " (changed since HEAD)" if place is not None and place.is_changed else ""
        return self.place(place.text + changed, place.url) if place is not None else Text("std", "dim")


def _wrapped(text: Text, room: int | None, further: int | None) -> Iterator[Text]:
    """The lines of a text: the first in ``room`` cells, the others in ``further``; all of it where that is None.

    Broken at the last wide gap, else blank, else slash, else before a dot or parenthesis, that leaves half a line.
    """
    while room is not None and text.cell_len > room:
        cut, cells = 0, 0
        for char in text.plain:
            cells += cell_len(char)
            if cells > room:
                break
            cut += 1
        cut = max(1, cut)
        cut = next((at for pattern in _BREAKS if cut <= 2 * (at := _last_break(pattern, text.plain, cut))), cut)
        head, text = text[:cut], text[cut:]
        head.rstrip()
        yield head
        text = text[len(text.plain) - len(text.plain.lstrip(" ")) :]
        room = further
    yield text


def _last_break(pattern: re.Pattern[str], plain: str, room: int) -> int:
    """The end of the last match after which the line fits, blanks at its end aside; 0 if there is none."""
    ends = [m.end() for m in pattern.finditer(plain, 0, room + 2)]
    return max((end for end in ends if len(plain[:end].rstrip()) <= room), default=0)


def with_place(screen: Screen, words: Text, position: Position | None, links: Links, first: str, rest: str) -> None:
    """Words with the place that they are about."""
    place = links.place(position)
    at = Text.assemble("  ", screen.shown(place)) if place is not None else Text()
    screen.line(Text.assemble(words, at), first, rest)


def shown_at(screen: Screen, position: Position | None, links: Links) -> Text:
    """A position as a place."""
    return screen.shown(links.place(position))


def symbol_line(screen: Screen, first: str, rest: str, name: str, place: Place | None) -> None:
    """A symbol with the place where it stands."""
    beside(screen, Text(visible(name), "bold"), screen.shown(place), first, rest)


def beside(screen: Screen, head: Text, tail: Text, first: str, rest: str) -> None:
    """Two texts side by side where they fit, else one below the other."""
    if screen.fits(cell_len(first) + head.cell_len + 2 + tail.cell_len):
        screen.line(Text.assemble(head, "  ", tail), first, rest)
    else:
        screen.line(head, first, rest)
        screen.line(tail, rest)
