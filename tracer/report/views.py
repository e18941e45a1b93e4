"""A trace as the data of a page: all sorting, counting, grouping and wording. Pure, but for ``read``."""

from __future__ import annotations

import importlib.metadata
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tracer.model import EdgeKind, Evidence, Hop, Modifier, Pin, Position, RuledOut, Stop, Symbol, Trace
from tracer.report.links import Links, Place, commit_link, shown_url
from tracer.report.picture import Picture, draw
from tracer.report.snippets import Snippet, Snippets
from tracer.report.text import Phrase, Piece, one_line, phrase, plural
from tracer.report.words import KIND_WORDS, VERBS, leaf, program_name, qualifier, rule_words, said

Read = Callable[[str, str], bytes]
"""``read(repository, path)``: a file's bytes at the pin; raises SourceError."""


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol as shown, from ``leaf`` to ``full``: as people say it, with its package, as go/types writes it."""

    leaf: str
    said: str
    short: str
    full: str
    kind: str
    signature: str
    value: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence with the place that shows it."""

    text: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates of a dispatch that were ruled out for one reason."""

    reason: str
    symbols: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One hop with all that proves it. ``entered`` is the program's name where the chain enters another one."""

    number: int
    anchor: str
    source: Name
    target: Name
    verb: str
    kind: str
    kind_words: str
    modifiers: tuple[str, ...]
    rule: str
    rule_words: Phrase
    code: str
    place: Place
    program: str
    entered: str
    wire: str
    snippet: Snippet
    definition: Snippet | None
    evidence: tuple[Fact, ...]
    notes: tuple[Fact, ...]
    ruled_out: tuple[Candidates, ...]
    ruled_out_count: int


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain: its sentence, its picture in two widths, its hops."""

    anchor: str
    heading: Phrase
    sentence: Phrase
    wide: Picture | None
    narrow: Picture | None
    dispatch: bool
    crossing: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """The places in one function at which a search stopped."""

    symbol: Name
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PinView:
    """A repository and its commit."""

    repository: str
    url: str
    commit: str
    link: str | None


@dataclass(frozen=True, slots=True)
class PageView:
    """All that a trace's page shows."""

    title: str
    sentence: Phrase
    found: bool
    entry: Name
    target: Name | None
    questions: tuple[tuple[str, str], ...]
    chains: tuple[Chain, ...]
    stops: tuple[Ends, ...]
    stop_count: int
    pins: tuple[PinView, ...]
    explored: int
    version: str


def tool_version() -> str:
    """The version of the installed tool."""
    try:
        return importlib.metadata.version("tracer")
    except importlib.metadata.PackageNotFoundError:
        return "unreleased"


def page(trace: Trace, read: Read) -> PageView:
    """The page of one trace."""
    links = Links({pin.repository: pin for pin in trace.pins})
    builder = _Builder(trace, links, Snippets(read, links))
    return PageView(
        title=one_line(trace.title) or f"What {leaf(trace.entry)} reaches",
        sentence=_answer(trace),
        found=trace.found,
        entry=builder.name(trace.entry),
        target=builder.name(trace.target) if trace.target is not None else None,
        questions=trace.questions,
        chains=tuple(builder.chain(i, hops) for i, hops in enumerate(trace.chains, 1)),
        stops=builder.stops(),
        stop_count=len(set(trace.stops)),
        pins=tuple(_pin(pin) for pin in sorted(trace.pins, key=lambda p: p.repository)),
        explored=trace.explored,
        version=tool_version(),
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    trace: Trace
    links: Links
    snippets: Snippets

    def name(self, symbol: Symbol) -> Name:
        place = self.links.place(symbol.position)
        short, full = one_line(symbol.short), one_line(symbol.name)
        value = symbol.value or ""
        return Name(
            leaf(symbol), said(symbol), short, full, symbol.kind, one_line(symbol.signature), one_line(value), place
        )

    def facts(self, evidence: Iterable[Evidence]) -> tuple[Fact, ...]:
        return tuple(dict.fromkeys(Fact(one_line(e.note), self.links.place(e.position)) for e in evidence))

    def chain(self, number: int, hops: Sequence[Hop]) -> Chain:
        prefix = "" if len(self.trace.chains) == 1 else f"chain-{number}-"
        cards = tuple(self._card(i, prefix, hops, hop) for i, hop in enumerate(hops, 1))
        wide, narrow = draw(hops, prefix)
        kinds = {hop.edge.kind for hop in hops}
        heading = phrase("") if not hops else _chain_heading(hops)
        dispatch = not kinds.isdisjoint((EdgeKind.INTERFACE, EdgeKind.VALUE))
        crossing = not kinds.isdisjoint((EdgeKind.RPC, EdgeKind.EXEC))
        return Chain(f"{prefix}chain", heading, _counts(hops), wide, narrow, dispatch, crossing, cards)

    def _card(self, number: int, prefix: str, hops: Sequence[Hop], hop: Hop) -> Card:
        edge = hop.edge
        before = program_name(hops[number - 2].target) if number > 1 else ""
        program = program_name(hop.source)
        place = self.links.place(edge.site)
        assert place is not None
        last = number == len(hops)
        return Card(
            number=number,
            anchor=f"{prefix}hop-{number}",
            source=self.name(hop.source),
            target=self.name(hop.target),
            verb=VERBS[edge.kind],
            kind=edge.kind.value,
            kind_words=KIND_WORDS[edge.kind],
            modifiers=tuple(m.value for m in Modifier if m in edge.modifiers),
            rule=one_line(edge.rule),
            rule_words=rule_words(hop),
            code=one_line(hop.code),
            place=place,
            program=program,
            entered=program if program != before else "",
            wire=one_line(edge.wire),
            snippet=self.snippets.call(edge.site, hop.code),
            definition=self._definition(hop) if last else None,
            evidence=self.facts(edge.evidence),
            notes=self.facts(hop.notes),
            ruled_out=self._ruled_out(edge.ruled_out),
            ruled_out_count=len(set(edge.ruled_out)),
        )

    def _definition(self, hop: Hop) -> Snippet | None:
        """Where the value stands that a chain ends at."""
        position = hop.target.position
        if hop.edge.kind is not EdgeKind.READ or position is None:
            return None
        return self.snippets.declaration(position)

    def _ruled_out(self, candidates: Iterable[RuledOut]) -> tuple[Candidates, ...]:
        ordered = sorted(set(candidates), key=lambda c: (c.reason, c.symbol, _order(c.position)))
        return tuple(
            Candidates(one_line(reason), tuple(Fact(one_line(c.symbol), self.links.place(c.position)) for c in group))
            for reason, group in itertools.groupby(ordered, key=lambda c: c.reason)
        )

    def stops(self) -> tuple[Ends, ...]:
        def key(stop: Stop) -> tuple[str, str]:
            return stop.symbol.program, stop.symbol.name

        ordered = sorted(set(self.trace.stops), key=lambda s: (*key(s), _order(s.position), s.reason))
        out: list[Ends] = []
        for _, group in itertools.groupby(ordered, key=key):
            found = list(group)
            facts = tuple(Fact(one_line(s.reason), self.links.place(s.position)) for s in found)
            out.append(Ends(self.name(found[0].symbol), facts))
        return tuple(out)


def _order(position: Position | None) -> tuple[str, str, int, int]:
    if position is None:
        return "", "", 0, 0
    return position.repository, position.path, position.line, position.column


def _pin(pin: Pin) -> PinView:
    return PinView(one_line(pin.repository), shown_url(pin.url), one_line(pin.commit), commit_link(pin))


def _answer(trace: Trace) -> Phrase:
    """The page's first sentence, from the chain alone."""
    entry = Piece(leaf(trace.entry), code=True)
    count = len(set(trace.stops))
    stopped = f" The search stopped at {plural(count, 'place')}." if count else ""
    if trace.target is None:
        wires = {h.edge.wire for chain in trace.chains for h in chain if h.edge.wire}
        if not wires:
            return entry, Piece(f" was not seen to reach any remote method.{stopped}")
        return entry, Piece(f" reaches {plural(len(wires), 'remote method')}, by {plural(len(trace.chains), 'chain')}.")
    target = _target(trace.target)
    if not trace.found or not trace.chains:
        return Piece("A way from "), entry, Piece(" to "), *target, Piece(f" was not shown.{stopped}")
    return entry, Piece(" reaches "), *target, Piece(" "), *_counts(trace.chains[0])


def _target(symbol: Symbol) -> Phrase:
    words = {"const": "the constant ", "var": "the variable "}.get(symbol.kind, "")
    name = Piece(leaf(symbol), code=True)
    value = () if symbol.value is None else (Piece(" = "), Piece(one_line(symbol.value), code=True))
    return (Piece(words), name, *value) if words else (name, *value)


def _counts(hops: Sequence[Hop]) -> Phrase:
    wires = sum(1 for hop in hops if hop.edge.wire)
    programs = {program_name(s) for hop in hops for s in (hop.source, hop.target)}
    over = f" over {plural(wires, 'wire')}," if wires else ""
    within = "inside one program" if len(programs) == 1 else f"through {len(programs)} programs"
    return (Piece(f"in {plural(len(hops), 'hop')}{over or ','} {within}."),)


def _chain_heading(hops: Sequence[Hop]) -> Phrase:
    last = hops[-1]
    if last.edge.wire:
        return Piece("To "), Piece(one_line(last.edge.wire), code=True)
    kind = qualifier(last.target)
    return Piece("To "), Piece(f"{kind}.{leaf(last.target)}" if kind else leaf(last.target), code=True)
