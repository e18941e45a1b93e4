"""What a page shows, computed before anything is rendered: all sorting, counting and wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracer.errors import SourceError
from tracer.model import EdgeKind, Evidence, Hop, Pin, Position, Symbol, Trace
from tracer.report.links import permalink
from tracer.report.text import visible
from tracer.syntax.highlights import highlights

Read = Callable[[str, str], bytes]
CONTEXT = 6
MAX_LINE = 400

_KINDS = {
    EdgeKind.CALL: "calls",
    EdgeKind.INTERFACE: "calls, through an interface,",
    EdgeKind.VALUE: "calls, through a function value,",
    EdgeKind.RPC: "sends over the wire to",
    EdgeKind.EXEC: "starts the program",
    EdgeKind.READ: "reads",
}
_RULES = {
    "function": "The called name is declared as this function.",
    "method": "The operand has a concrete type, which declares this method.",
    "promoted method": "The operand's type gets this method from an embedded field.",
    "literal": "The function literal is called where it stands.",
    "flow": "The operand is an interface; the values that can reach it in this program were followed back to where they are made.",
    "value flow": "The called value is a variable; the functions that can reach it were followed back to where they are named.",
    "implements": "The way of the value was not followed to its end; this type of the program implements the interface.",
    "registration": "The value that is registered for the service was followed back to where it is made.",
    "full method": "Stub and service description hold the same full method.",
    "name": "The name is declared as this constant or variable.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A place as text, with a permalink where the host's form is known."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of source as (class, text) spans."""

    number: int
    spans: tuple[tuple[str, str], ...]
    marked: bool
    href: str | None


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Card:
    """One hop."""

    anchor: str
    number: int
    kind: str
    verb: str
    modifiers: str
    source: str
    source_full: str
    target: str
    target_full: str
    value: str | None
    place: Link
    declared: Link | None
    rule: str
    rule_words: str
    code: str
    wire: str
    program: str
    target_program: str
    lines: tuple[Line, ...]
    missing: str
    evidence: tuple[Note, ...]
    notes: tuple[Note, ...]
    ruled_out: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the picture, in user units; ``kind`` is that of the hop which leads to it."""

    y: int
    label: str
    sub: str
    href: str
    kind: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class Lane:
    y: int
    height: int
    name: str


@dataclass(frozen=True, slots=True)
class Crossing:
    y: int
    method: str


@dataclass(frozen=True, slots=True)
class Picture:
    height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True, slots=True)
class ChainView:
    title: str
    cards: tuple[Card, ...]
    picture: Picture


@dataclass(frozen=True, slots=True)
class Page:
    """A trace as a page."""

    slug: str
    title: str
    answer: str
    found: bool
    chains: tuple[ChainView, ...]
    questions: tuple[tuple[str, str], ...]
    stops: tuple[Note, ...]
    pins: tuple[tuple[str, str, str], ...]


def page(trace: Trace, read: Read, slug: str = "index") -> Page:
    """The page of a trace; ``read`` gives a file's bytes at its pin, or raises SourceError."""
    pins = {pin.repository: pin for pin in trace.pins}
    chains = tuple(
        ChainView(
            f"Wire {visible(chain[-1].edge.wire)}" if len(trace.chains) > 1 else "The chain",
            tuple(_card(hop, f"{i + 1}-{n}" if len(trace.chains) > 1 else str(n), n, pins, read) for n, hop in enumerate(chain, 1)),
            _picture(chain, f"{i + 1}-" if len(trace.chains) > 1 else ""),
        )
        for i, chain in enumerate(trace.chains)
        if chain
    )
    stops = tuple(
        Note(f"{visible(s.symbol.short)}: {visible(s.reason)}", _link(s.position, pins)) for s in trace.stops
    )
    shown_stops = stops if not trace.found or trace.target is None else ()
    return Page(
        slug,
        visible(trace.title),
        answer(trace),
        trace.found,
        chains,
        tuple((visible(q), visible(a)) for q, a in trace.questions),
        shown_stops,
        tuple((visible(p.repository), visible(p.url), p.commit) for p in trace.pins),
    )


def answer(trace: Trace) -> str:
    """The trace in one sentence."""
    entry = visible(trace.entry.short)
    if not trace.found:
        goal = visible(trace.target.short) if trace.target else "a wire"
        return f"No chain from {entry} to {goal} was found; below is where the search ended and why."
    if trace.target is None:
        return f"{entry} reaches {_count(len(trace.chains), 'wire')}."
    hops = trace.chains[0]
    wires = sum(h.edge.kind is EdgeKind.RPC for h in hops)
    programs = len({p for h in hops for p in (h.source.program, h.target.program)})
    value = f" = {visible(trace.target.value)}" if trace.target.value else ""
    way = f"{_count(len(hops), 'hop')}, {_count(wires, 'wire')}, {_count(programs, 'program')}"
    return f"{entry} reaches the {_kind(trace.target)} {visible(trace.target.short)}{value}: {way}."


def _kind(symbol: Symbol) -> str:
    return {"const": "constant", "var": "variable", "func": "function"}.get(symbol.kind, symbol.kind)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _link(position: Position | None, pins: dict[str, Pin]) -> Link | None:
    if position is None:
        return None
    pin = pins.get(position.repository)
    return Link(visible(f"{position.repository}: {position}"), permalink(pin, position) if pin else None)


def _notes(rows: Sequence[Evidence], pins: dict[str, Pin]) -> tuple[Note, ...]:
    return tuple(Note(visible(row.note), _link(row.position, pins)) for row in rows)


def _card(hop: Hop, anchor: str, number: int, pins: dict[str, Pin], read: Read) -> Card:
    edge = hop.edge
    place = _link(edge.site, pins)
    assert place is not None
    lines, missing = _snippet(hop, pins, read)
    return Card(
        anchor=f"hop-{anchor}",
        number=number,
        kind=edge.kind.value,
        verb=_KINDS[edge.kind],
        modifiers=" ".join(m.value for m in edge.modifiers),
        source=visible(hop.source.short),
        source_full=visible(hop.source.name),
        target=visible(hop.target.short),
        target_full=visible(hop.target.name),
        value=visible(hop.target.value) if hop.target.value else None,
        place=place,
        declared=_link(hop.target.position, pins),
        rule=edge.rule,
        rule_words=_RULES.get(edge.rule, ""),
        code=visible(hop.code),
        wire=visible(edge.wire),
        program=visible(hop.source.program),
        target_program=visible(hop.target.program),
        lines=lines,
        missing=missing,
        evidence=_notes(edge.evidence, pins),
        notes=_notes(hop.notes, pins),
        ruled_out=tuple(
            Note(f"{visible(r.symbol)}: {visible(r.reason)}", _link(r.position, pins)) for r in edge.ruled_out
        ),
    )


def _snippet(hop: Hop, pins: dict[str, Pin], read: Read) -> tuple[tuple[Line, ...], str]:
    site = hop.edge.site
    try:
        source = read(site.repository, site.path)
    except SourceError as error:
        return (), visible(str(error))
    rows = source.split(b"\n")
    first, last = max(1, site.line - CONTEXT), min(len(rows), site.line + CONTEXT)
    starts = [0]
    for row in rows[:last]:
        starts.append(starts[-1] + len(row) + 1)
    coloured = highlights(source, starts[first - 1], starts[last]) if site.path.endswith(".go") else []
    pin = pins.get(site.repository)
    out: list[Line] = []
    for number in range(first, last + 1):
        begin, end = starts[number - 1], starts[number - 1] + min(len(rows[number - 1]), MAX_LINE)
        place = Position(site.repository, site.path, number, 1)
        href = permalink(pin, place) if pin else None
        spans = _spans(source, begin, end, [s for s in coloured if s[0] < end and s[1] > begin])
        out.append(Line(number, spans, number == site.line, href))
    return tuple(out), ""


def _spans(source: bytes, begin: int, end: int, coloured: list[tuple[int, int, str]]) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    at = begin
    for start, stop, capture in coloured:
        start, stop = max(start, at), min(stop, end)  # noqa: PLW2901
        if start > at:
            out.append(("", _text(source, at, start)))
        if stop > start:
            out.append((capture.split(".")[0], _text(source, start, stop)))
        at = max(at, stop)
    if at < end:
        out.append(("", _text(source, at, end)))
    return tuple(out)


def _text(source: bytes, start: int, end: int) -> str:
    return visible(source[start:end].decode("utf-8", "replace"))


_STEP, _TOP, _GAP = 64, 44, 74


def _picture(chain: Sequence[Hop], prefix: str) -> Picture:
    """The chain from top to bottom: a band for each program, a box for each symbol, a gap at each wire."""
    boxes: list[Box] = []
    lanes: list[Lane] = []
    crossings: list[Crossing] = []
    y, lane_top = _TOP, 8
    first = chain[0].source
    boxes.append(Box(y, _short(first), "entry", f"#hop-{prefix}1", "entry", dashed=False))
    for number, hop in enumerate(chain, 1):
        y += _STEP
        if hop.target.program != hop.source.program:
            lanes.append(Lane(lane_top, y - lane_top - 12, visible(hop.source.program)))
            crossings.append(Crossing(y + _GAP // 2 - 12, visible(hop.edge.wire)))
            lane_top = y + _GAP - 36
            y += _GAP
        value = f" = {hop.target.value}" if hop.target.value else ""
        sub = f"{number} {hop.edge.kind.value} · {hop.edge.site.path.rsplit('/', 1)[-1]}:{hop.edge.site.line}"
        dashed = hop.edge.kind in (EdgeKind.INTERFACE, EdgeKind.VALUE)
        label = _cut(visible(hop.target.short + value))
        boxes.append(Box(y, label, visible(sub), f"#hop-{prefix}{number}", hop.edge.kind.value, dashed))
    lanes.append(Lane(lane_top, y - lane_top + 44, visible(chain[-1].target.program)))
    return Picture(y + 60, tuple(lanes), tuple(boxes), tuple(crossings))


def _short(symbol: Symbol) -> str:
    return _cut(visible(symbol.short))


def _cut(text: str, limit: int = 62) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
