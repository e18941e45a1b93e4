"""A trace as a person reads it in a terminal: a tree of hops, and where the search ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tracer.model import (
    Hop,
    Modifier,
    Position,
    Stop,
    Trace,
)
from tracer.report.links import Links
from tracer.report.reached import Reached
from tracer.report.reached import reached as wires_of
from tracer.report.text import Phrase, one_line, plural, visible
from tracer.report.words import bound
from tracer.screen import KINDS, Screen, beside, symbol_line
from tracer.sentences import sentence

if TYPE_CHECKING:
    from tracer.report.snippets import SourceLine
    from tracer.report.views import Card, PageView

MAX_STOPS = 40
TAB = 4
# The terminal's own colours; none that old palettes make unreadable: yellow on white, blue on black.
_CODE = {
    "kw": Style(color="magenta"),
    "st": Style(color="green"),
    "co": Style(dim=True, italic=True),
    "ty": Style(color="cyan"),
}


@dataclass(eq=False, slots=True)
class _Branch:
    """A hop that one chain or several go through, with the hops that come next."""

    card: Card
    hop: Hop
    following: dict[tuple[Position, str, str], _Branch] = field(
        default_factory=dict[tuple[Position, str, str], "_Branch"]
    )


def follow(screen: Screen, trace: Trace, view: PageView, context: int | None = None) -> None:
    """A trace as a tree: a program's name where the chain enters it, a line a hop, branches where chains part.

    With ``context`` each hop has its source below it, with so many lines around the call.
    """
    screen.line(Text(view.title, "bold"))
    if view.answer:
        screen.line(_sentence(view.answer))
    screen.line(_sentence(view.sentence))
    roots: dict[tuple[Position, str, str], _Branch] = {}
    for shown, chain in zip(view.chains, trace.chains, strict=True):
        level = roots
        for card, hop in zip(shown.cards, chain, strict=True):
            key = (hop.edge.site, hop.target.name, hop.target.program)
            level = level.setdefault(key, _Branch(card, hop)).following
    if roots:
        first = next(iter(roots.values()))
        screen.line(Text(f"── {first.card.program}", "bold"))
        symbol_line(screen, "   ", "   ", first.card.source.short, first.card.source.place)
        _branches(screen, roots, "", context, first.hop.source.program)
    for target in trace.unreached:
        stops = [stop for stop in trace.stops if stop.toward == target.name]
        words = f"no chain to {visible(target.name)} was found{bound(stops)}. Where the search ended:"
        screen.line(Text(words, "bold red"))
        _stops(screen, trace, stops)
    if not trace.targets:
        if not trace.found:
            ended = " Where the search ended:" if trace.stops else ""
            screen.line(Text(f"no chain to any wire was found{bound(trace.stops)}.{ended}", "bold red"))
        elif trace.stops:
            screen.line(Text("Where the search ended elsewhere:", "bold"))
        _stops(screen, trace, trace.stops)


def reached(screen: Screen, trace: Trace, view: PageView) -> None:
    """The wires that a trace leads to, a line each below the programs between which they are, and where the search ended elsewhere."""
    links = Links({pin.repository: pin for pin in trace.pins})
    screen.line(Text(view.title, "bold"))
    screen.line(_sentence(view.sentence))
    between: dict[tuple[str, str], list[Reached]] = {}
    for one in wires_of(trace):
        between.setdefault((one.hop.source.program, one.hop.target.program), []).append(one)
    for (here, there), rows in between.items():
        screen.line(Text(f"── {one_line(here)} ══> {one_line(there)}", "bold"))
        width = max(cell_len(one_line(one.hop.edge.wire)) for one in rows)
        for one in rows:
            kind, wire = one.hop.edge.kind, one_line(one.hop.edge.wire)
            head = Text.assemble((f"{kind.value:5}", KINDS[kind]), (wire, "bold"))
            head.pad_right(width - cell_len(wire))
            after = f", after {', '.join(map(one_line, one.before))}" if one.before else ""
            tail = Text.assemble(
                screen.shown(links.place(one.hop.edge.site)), f"  in {plural(one.count, 'hop')}{after}"
            )
            beside(screen, head, tail, "   ", "        ")
    if trace.stops:
        words = "Where the search ended elsewhere:" if trace.found else "Where the search ended:"
        screen.line(Text(words, "bold"))
        _stops(screen, trace, trace.stops)


def _stops(screen: Screen, trace: Trace, stops: Sequence[Stop]) -> None:
    links = Links({pin.repository: pin for pin in trace.pins})
    stops = list(dict.fromkeys(stops))
    for stop in stops[:MAX_STOPS]:
        at = Text.assemble(" ", screen.shown(links.place(stop.position))) if stop.position else ""
        screen.line(
            Text.assemble(visible(stop.symbol.short), at, "  ", one_line(sentence(stop.message))), "  ", "      "
        )
    if len(stops) > MAX_STOPS:
        screen.line(Text(f"… and {len(stops) - MAX_STOPS} more (--json lists all)"), "  ")


def _branches(
    screen: Screen,
    level: dict[tuple[Position, str, str], _Branch],
    rail: str,
    context: int | None,
    lane: str,
) -> None:
    """The hops from one symbol on. A run of hops stays in its column; only a fork makes new ones.

    A loop and not a call for each hop, since chains may be long.
    """
    waiting = [(branch, *_rails(screen, rail, i, len(level)), lane) for i, branch in enumerate(level.values())][::-1]
    while waiting:
        branch, first, rest, lane = waiting.pop()
        hop = branch.hop
        _hop(screen, branch, first, rest, context)
        if hop.edge.wire or hop.target.program != lane:
            lane = hop.target.program
            words = f"wire {one_line(hop.edge.wire)}" if hop.edge.wire else hop.edge.kind.value
            wire = Text(f"══ {words} ══> {one_line(lane)}", "bold magenta")
            screen.line(wire, rest, rest + "   ")
            symbol_line(screen, rest + "   ", rest + "      ", branch.card.target.short, branch.card.target.place)
        count = len(branch.following)
        fork = [(b, *_rails(screen, rest, i, count), lane) for i, b in enumerate(branch.following.values())]
        waiting += fork[::-1]


def _rails(screen: Screen, rail: str, index: int, count: int) -> tuple[str, str]:
    """What stands before a branch's first line and before its others; forks too deep for the width keep their column."""
    if count == 1 or not screen.fits(3 * (len(rail) + 3)):
        return rail, rail
    return (f"{rail}└─ ", f"{rail}   ") if index == count - 1 else (f"{rail}├─ ", f"{rail}│  ")


def _hop(screen: Screen, branch: _Branch, first: str, rest: str, context: int | None) -> None:
    card, edge = branch.card, branch.hop.edge
    modifiers = "".join(f"{m.value} " for m in Modifier if m in edge.modifiers)
    value = f" = {card.target.value}" if card.target.value else ""
    head = Text.assemble(
        f"{card.number:2} ",
        (f"{modifiers}{edge.kind.value:9} ", KINDS[edge.kind]),
        (card.target.short + value, "bold"),
    )
    tail = Text.assemble(screen.shown(card.place), ("  " + f"[{card.rule}]", "dim"))
    inner = f"{rest}      "
    beside(screen, head, tail, first, inner)
    for note in card.notes:
        at = Text.assemble("  ", screen.shown(note.place)) if note.place else ""
        screen.line(Text.assemble((note.text, "italic"), at), inner, inner + "  ")
    if context is not None:
        _source(screen, card, inner, context)


def _source(screen: Screen, card: Card, prefix: str, context: int) -> None:
    snippet = card.snippet
    if not snippet.lines:
        screen.line(Text(one_line(snippet.missing), "italic"), prefix)
        return
    called = [line.number for line in snippet.lines if line.called] or [snippet.lines[0].number]
    lines = [line for line in snippet.lines if called[0] - context <= line.number <= called[-1] + context]
    # An empty line at an edge shows nothing.
    while lines and not lines[0].called and not _text(lines[0]).strip():
        lines = lines[1:]
    while lines and not lines[-1].called and not _text(lines[-1]).strip():
        lines = lines[:-1]
    texts = [_text(line) for line in lines]
    indent = min((len(t) - len(t.lstrip("\t")) for t in texts if t.strip()), default=0)
    width = len(str(lines[-1].number))
    for line in lines:
        gutter = f"{'>' if line.called else ' '} {line.number:{width}} │ "
        blank = " " * (width + 3) + "│ "
        screen.line(_coloured(line, indent), prefix + gutter, prefix + blank)


def _text(line: SourceLine) -> str:
    return "".join(span.text for span in line.spans)


def _coloured(line: SourceLine, indent: int) -> Text:
    """A line of source without its first ``indent`` tabs."""
    out = Text()
    for span in line.spans:
        style = _CODE.get(span.css or "", Style())
        if span.marked:
            style += Style(bold=True, underline=True)
        text = span.text
        while indent and not out.plain and text.startswith("\t"):
            text, indent = text[1:], indent - 1
        out.append(visible(text).replace("\t", " " * TAB), style)
    return out


def _sentence(phrase: Phrase) -> Text:
    return Text.assemble(*((visible(piece.text), "bold" if piece.code else "") for piece in phrase))
