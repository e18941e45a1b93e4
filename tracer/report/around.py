"""The call graph around a chain, one hop out: for each function a small drawing, and the whole list by kind and program."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.codes import Message
from tracer.model import EdgeKind, Hop, Surroundings, Symbol, Trace, Unresolved
from tracer.report.language import Language, noted
from tracer.report.links import Links, Place
from tracer.report.text import clip, one_line
from tracer.report.words import kind_words, leaf, program_name, qualifier, said

WIDTH = 960
_ROW = 40
_BOX = 286
_MOST = 7
"""So many neighbours a side are drawn; the list below has them all."""
_ORDER = (EdgeKind.RPC, EdgeKind.EXEC, EdgeKind.INTERFACE, EdgeKind.VALUE, EdgeKind.CALL, EdgeKind.READ)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A function one hop away: ``sites`` are the calls that lead there.

    If the chain goes there, ``step`` is the anchor of the hop; ``circle`` is that of the symbol's own surroundings.
    """

    said: str
    full: str
    rule: str
    place: Place | None
    sites: tuple[Place, ...]
    step: str
    circle: str


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one kind in one program."""

    kind: str
    kind_words: str
    program: str
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A neighbour in the drawing, with the line that joins it to the middle."""

    x: int
    y: int
    name: str
    sub: str
    href: str
    full: str
    kind: str
    step: bool
    path: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """The drawing: ``more_in`` and ``more_out`` count what is not drawn."""

    height: int
    middle: int
    name: str
    sub: str
    boxes: tuple[Box, ...]
    more_in: int
    more_out: int
    more_y: int
    title: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A call that no rule could decide."""

    text: str
    reason: str
    detail: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Circle:
    """One function of the chain with everything one hop around it."""

    anchor: str
    name: str
    full: str
    program: str
    place: Place | None
    hop: str
    sketch: Sketch
    callers: tuple[Group, ...]
    callees: tuple[Group, ...]
    caller_count: int
    callee_count: int
    undecided: tuple[Undecided, ...]


def circles(trace: Trace, around: Sequence[Surroundings], links: Links, language: Language) -> tuple[Circle, ...]:
    """What stands around each function of a trace's chains, in their order."""
    chain = _Chain(
        _steps(trace), {(one.symbol.program, one.symbol.name): f"around-{i}" for i, one in enumerate(around, 1)}
    )
    return tuple(_circle(i, one, chain, links, language) for i, one in enumerate(around, 1))


@dataclass(frozen=True, slots=True)
class _Chain:
    """The chain among its neighbours: the anchor of each hop by its ends, and of each circle by its symbol."""

    steps: Mapping[tuple[str, str, str, str], str]
    circles: Mapping[tuple[str, str], str]


def _steps(trace: Trace) -> dict[tuple[str, str, str, str], str]:
    """The anchor of each hop by the programs and names at its ends."""
    out: dict[tuple[str, str, str, str], str] = {}
    for chain_number, chain in enumerate(trace.chains, 1):
        prefix = f"chain-{chain_number}-" if len(trace.chains) > 1 else ""
        for number, hop in enumerate(chain, 1):
            out.setdefault(_ends(hop), f"{prefix}hop-{number}")
    return out


def _ends(hop: Hop) -> tuple[str, str, str, str]:
    return hop.source.program, hop.source.name, hop.target.program, hop.target.name


def _circle(number: int, one: Surroundings, chain: _Chain, links: Links, language: Language) -> Circle:
    callers = _groups(one.callers, chain, links, language, forward=False)
    callees = _groups(one.callees, chain, links, language, forward=True)
    through = [
        anchor for ends, anchor in chain.steps.items() if (one.symbol.program, one.symbol.name) in (ends[:2], ends[2:])
    ]
    return Circle(
        f"around-{number}",
        said(one.symbol),
        one_line(one.symbol.name),
        program_name(one.symbol),
        links.place(one.symbol.position),
        through[-1] if through else "",
        _sketch(one.symbol, callers, callees, language),
        callers,
        callees,
        sum(len(group.neighbours) for group in callers),
        sum(len(group.neighbours) for group in callees),
        tuple(undecided(failure, links, language) for failure in one.unresolved),
    )


def undecided(failure: Unresolved, links: Links, language: Language) -> Undecided:
    """A call that no rule could decide, as it is shown."""
    reason = language.sentence(Message(failure.reason))
    return Undecided(one_line(failure.text), reason, language.sentence(failure.detail), links.place(failure.site))


def _groups(
    hops: Iterable[Hop],
    chain: _Chain,
    links: Links,
    language: Language,
    *,
    forward: bool,
) -> tuple[Group, ...]:
    found: dict[tuple[EdgeKind, str, Symbol], list[Hop]] = {}
    for hop in hops:
        other = hop.target if forward else hop.source
        found.setdefault((hop.edge.kind, _home(other, language), other), []).append(hop)
    rows = sorted(found, key=lambda k: (_ORDER.index(k[0]), k[1], k[2].name))
    out: list[Group] = []
    for (kind, program), keys in itertools.groupby(rows, key=lambda k: k[:2]):
        neighbours = tuple(_neighbour(key[2], found[key], chain, links) for key in keys)
        out.append(Group(kind.value, kind_words(kind, language), program, neighbours))
    return tuple(out)


def _home(symbol: Symbol, language: Language) -> str:
    """The program of a symbol, or the standard library, whose source is in no repository."""
    return program_name(symbol) if symbol.position is not None else language.text(noted("standard library"))


def _neighbour(symbol: Symbol, hops: Sequence[Hop], chain: _Chain, links: Links) -> Neighbour:
    sites = tuple(p for p in dict.fromkeys(links.place(h.edge.site) for h in hops) if p is not None)
    step = next((chain.steps[_ends(h)] for h in hops if _ends(h) in chain.steps), "")
    circle = chain.circles.get((symbol.program, symbol.name), "")
    rule = hops[0].edge.rule.value
    return Neighbour(
        one_line(symbol.short), one_line(symbol.name), rule, links.place(symbol.position), sites, step, circle
    )


# The drawing


def _sketch(symbol: Symbol, callers: Sequence[Group], callees: Sequence[Group], language: Language) -> Sketch:
    home = symbol.position.path.split("/") if symbol.position is not None else []
    into, out = _most(callers, home), _most(callees, home)
    rows = max(len(into), len(out), 1)
    middle = rows * _ROW // 2
    boxes = (*_boxes(into, rows, middle, left=True), *_boxes(out, rows, middle, left=False))
    more_in = sum(len(g.neighbours) for g in callers) - len(into)
    more_out = sum(len(g.neighbours) for g in callees) - len(out)
    title = language.text(noted("What calls {a}, and what it calls")).replace("{a}", said(symbol))
    height = rows * _ROW + (22 if more_in or more_out else 0)
    name, sub = clip(leaf(symbol), 27), clip(qualifier(symbol), 36)
    return Sketch(height, middle, name, sub, boxes, more_in, more_out, rows * _ROW + 14, title)


def _most(groups: Sequence[Group], home: Sequence[str]) -> list[tuple[Group, Neighbour]]:
    """What is drawn: where the chain goes, then those whose source is nearest, by the folders that both are in."""
    rows = [(group, neighbour) for group in groups for neighbour in group.neighbours]
    rows.sort(key=lambda row: (not row[1].step, row[1].place is None, -_near(row[1].place, home)))
    return rows[:_MOST]


def _near(place: Place | None, home: Sequence[str]) -> int:
    path = place.text.split("/") if place is not None else []
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(path, home, strict=False)))


def _boxes(rows: Sequence[tuple[Group, Neighbour]], total: int, middle: int, *, left: bool) -> Iterable[Box]:
    top = (total - len(rows)) * _ROW // 2
    x = 0 if left else WIDTH - _BOX
    for index, (group, neighbour) in enumerate(rows):
        y = top + index * _ROW
        at = y + _ROW // 2 - 2
        near, far = (_BOX, 337) if left else (WIDTH - _BOX, 623)
        bend = (near + far) // 2
        path = f"M{near} {at}C{bend} {at} {bend} {middle} {far} {middle}"
        owner, _, name = neighbour.said.rpartition(".")
        place = neighbour.place.href if neighbour.place is not None else ""
        href = f"#{neighbour.circle}" if neighbour.circle else place
        yield Box(x, y, clip(name, 30), clip(owner, 37), href, neighbour.full, group.kind, bool(neighbour.step), path)
