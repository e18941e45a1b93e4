"""A trace as the data of a page: all sorting, counting, grouping and wording. Pure, but for reading files."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tracer.codes import Ending, Exclusion, Message
from tracer.model import EdgeKind, Evidence, Hop, Modifier, Pin, Position, RuledOut, Stop, Surroundings, Symbol, Trace
from tracer.report.answers import IMAGE, parts
from tracer.report.around import Undecided, undecided
from tracer.report.language import ENGLISH, Language, noted
from tracer.report.links import Links, Place, commit_link, shown_url
from tracer.report.picture import Picture, draw, draw_together
from tracer.report.snippets import Files, Snippet, Snippets
from tracer.report.text import Phrase, Piece, one_line
from tracer.report.words import (
    VERBS,
    hop_words,
    kind_words,
    leaf,
    named,
    program_name,
    qualifier,
    rule_words,
    said,
)
from tracer.sentences import sentence, text

Read = Callable[[str, str], bytes]
"""``read(repository, path)``: a file's bytes at the pin; raises SourceError."""


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol as shown, from ``leaf`` to ``full``: as people say it, with its package, as go/types writes it.

    ``owner`` is its receiver's type or, without one, its package.
    """

    leaf: str
    owner: str
    said: str
    short: str
    full: str
    kind: str
    signature: str
    value: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence with the place that shows it; ``words`` has the source text in it told apart."""

    text: str
    place: Place | None
    words: Phrase = ()


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
    sentence: Phrase
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
    function: Snippet | None
    definition: Snippet | None
    previous: str
    following: str
    evidence: tuple[Fact, ...]
    notes: tuple[Fact, ...]
    others: tuple[Fact, ...]
    ruled_out: tuple[Candidates, ...]
    ruled_out_count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in two widths, with what its legend has to tell."""

    wide: Picture | None
    narrow: Picture | None
    dispatch: bool
    crossing: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain: its sentence, its picture, its hops."""

    anchor: str
    heading: Phrase
    sentence: Phrase
    drawing: Drawing
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """The places in one function at which a search stopped; ``toward`` tells of several targets which was looked for."""

    symbol: Name
    toward: Phrase
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
    """All that a trace's page shows: ``answer`` is the investigation's to the title, ``sentence`` tells of the chains.

    ``drawing`` is the picture of all chains; there is none of several that are not branches of one.
    """

    title: str
    answer: Phrase
    sentence: Phrase
    found: bool
    entry: Name
    questions: tuple[tuple[str, Phrase], ...]
    drawing: Drawing | None
    chains: tuple[Chain, ...]
    stops: tuple[Ends, ...]
    stop_count: int
    undecided: tuple[Undecided, ...]
    pins: tuple[PinView, ...]
    explored: int
    version: str


def tool_version() -> str:
    """The version of the installed tool."""
    # It brings all that reads mail.
    import importlib.metadata

    try:
        return importlib.metadata.version("tracer")
    except importlib.metadata.PackageNotFoundError:
        return "unreleased"


def page(
    trace: Trace,
    source: Files | Read,
    links: Links | None = None,
    language: Language = ENGLISH,
    around: Sequence[Surroundings] = (),
    images: Mapping[str, str] = MappingProxyType({}),
) -> PageView:
    """The page of one trace; ``links`` know the pages that files have of their own, ``images`` where images are told of."""
    files = source if isinstance(source, Files) else Files(source)
    links = links or Links({pin.repository: pin for pin in trace.pins})
    builder = _Builder(trace, links, Snippets(files, links), language)
    title = language.text(noted("What {a} reaches")).replace("{a}", leaf(trace.entry))
    chains = tuple(builder.chain(i, hops) for i, hops in enumerate(trace.chains, 1))
    return PageView(
        title=one_line(trace.title) or title,
        answer=linked(one_line(trace.answer), trace, chains, images),
        sentence=builder.answer(),
        found=trace.found,
        entry=builder.name(trace.entry),
        questions=tuple((q, linked(a, trace, chains, images)) for q, a in trace.questions),
        drawing=chains[0].drawing if len(chains) == 1 else builder.branches(),
        chains=chains,
        stops=builder.stops(),
        stop_count=_places(trace),
        undecided=tuple(builder.undecided(around)),
        pins=tuple(_pin(pin) for pin in sorted(trace.pins, key=lambda p: p.repository)),
        explored=trace.explored,
        version=tool_version(),
    )


_WORD = re.compile(r"\w+", re.ASCII)


def linked(
    text: str, trace: Trace, chains: Sequence[Chain], images: Mapping[str, str] = MappingProxyType({})
) -> Phrase:
    """An answer in which each reference, and each name of the chain, leads to the hop or image that it stands for.

    The first hop that leads to a symbol, or to one of this name, is meant; for the entry, the first of all.
    """
    symbols: dict[str, str] = {}
    anchors: dict[str, str] = {}
    for hops, chain in zip(trace.chains, chains, strict=True):
        starts = [(hops[0].source, chain.cards[0])] if hops else []
        ends = [(hop.target, card) for hop, card in zip(hops, chain.cards, strict=True)]
        for symbol, card in (*ends, *starts):
            symbols.setdefault(symbol.name, f"#{card.anchor}")
            anchors.setdefault(leaf(symbol), f"#{card.anchor}")
    out: list[Piece] = []
    for words, name in parts(text, trace):
        if name is not None and name.startswith(IMAGE):
            out.append(Piece(words, href=images.get(name.removeprefix(IMAGE), "")))
            continue
        if name is not None:
            out.append(Piece(words, code=True, href=symbols[name]))
            continue
        at = 0
        for found in _WORD.finditer(words):
            if len(found[0]) > 2 and found[0] in anchors:
                out += [Piece(words[at : found.start()]), Piece(found[0], code=True, href=anchors[found[0]])]
                at = found.end()
        out.append(Piece(words[at:]))
    return tuple(piece for piece in out if piece.text)


@dataclass(frozen=True, slots=True)
class _Builder:
    trace: Trace
    links: Links
    snippets: Snippets
    language: Language

    def name(self, symbol: Symbol) -> Name:
        place = self.links.place(symbol.position)
        short, full = one_line(symbol.short), one_line(symbol.name)
        value = symbol.value or ""
        owner = said(symbol).rpartition(".")[0] or qualifier(symbol)
        return Name(
            leaf(symbol),
            owner,
            said(symbol),
            short,
            full,
            symbol.kind,
            one_line(symbol.signature),
            one_line(value),
            place,
        )

    def facts(self, evidence: Iterable[Evidence]) -> tuple[Fact, ...]:
        return tuple(dict.fromkeys(self._fact(e.message, e.position) for e in evidence))

    def _fact(self, message: Message, position: Position | None) -> Fact:
        words = self.language.told(message)
        return Fact("".join(piece.text for piece in words), self.links.place(position), words)

    def chain(self, number: int, hops: Sequence[Hop]) -> Chain:
        prefix = self._prefix(number)
        cards = tuple(self._card(i, prefix, hops, hop) for i, hop in enumerate(hops, 1))
        drawing = _drawing(draw(hops, prefix, self.language), hops)
        heading = self._heading(hops) if hops else ()
        return Chain(f"{prefix}chain", heading, self._counts(hops), drawing, cards)

    def branches(self) -> Drawing | None:
        """The picture of all chains, where they are branches of one."""
        chains = self.trace.chains
        prefixes = [self._prefix(number) for number in range(1, len(chains) + 1)]
        made = draw_together(chains, prefixes, self.language)
        return _drawing(made, [hop for hops in chains for hop in hops]) if made[1] is not None else None

    def _card(self, number: int, prefix: str, hops: Sequence[Hop], hop: Hop) -> Card:
        edge = hop.edge
        before = program_name(hops[number - 2].target) if number > 1 else ""
        program = program_name(hop.source)
        place = self.links.place(edge.site)
        assert place is not None
        last = number == len(hops)
        out = {candidate for candidate in edge.ruled_out if not _is_target(candidate)}
        return Card(
            number=number,
            anchor=f"{prefix}hop-{number}",
            source=self.name(hop.source),
            target=self.name(hop.target),
            verb=VERBS[edge.kind],
            sentence=hop_words(hop, self.language),
            kind=edge.kind.value,
            kind_words=kind_words(edge.kind, self.language),
            modifiers=tuple(m.value for m in Modifier if m in edge.modifiers),
            rule=edge.rule.value,
            rule_words=rule_words(hop, self.language, self._at),
            code=one_line(hop.code),
            place=place,
            program=program,
            entered=program if program != before else "",
            wire=one_line(edge.wire),
            snippet=self.snippets.call(edge.site, hop.code),
            function=self.snippets.function(edge.site, hop.code),
            definition=self._definition(hop) if last else None,
            previous=f"{prefix}hop-{number - 1}" if number > 1 else "",
            following="" if last else f"{prefix}hop-{number + 1}",
            evidence=self.facts(edge.evidence),
            notes=self.facts(hop.notes),
            others=tuple(
                Fact(one_line(c.symbol), self.links.place(c.position)) for c in edge.ruled_out if _is_target(c)
            ),
            ruled_out=self._ruled_out(out),
            ruled_out_count=len(out),
        )

    def _at(self, position: Position | None) -> Piece | None:
        place = self.links.place(position)
        return Piece(place.short, href=place.href) if place is not None else None

    def _definition(self, hop: Hop) -> Snippet | None:
        """Where the value stands that a chain ends at."""
        position = hop.target.position
        if hop.edge.kind is not EdgeKind.READ or position is None:
            return None
        return self.snippets.declaration(position)

    def _ruled_out(self, candidates: Iterable[RuledOut]) -> tuple[Candidates, ...]:
        ordered = sorted(set(candidates), key=lambda c: (sentence(c.message), c.symbol, _order(c.position)))
        return tuple(
            Candidates(
                self.language.sentence(reason),
                tuple(Fact(one_line(c.symbol), self.links.place(c.position)) for c in group),
            )
            for reason, group in itertools.groupby(ordered, key=lambda c: c.message)
        )

    def stops(self) -> tuple[Ends, ...]:
        def key(stop: Stop) -> tuple[str, str, str]:
            return stop.toward, stop.symbol.program, stop.symbol.name

        groups: dict[tuple[str, str, str], list[Stop]] = {}
        for stop in dict.fromkeys(self.trace.stops):
            groups.setdefault(key(stop), []).append(stop)
        out: list[Ends] = []
        for found in groups.values():
            facts = tuple(self._fact(s.message, s.position) for s in found)
            out.append(Ends(self.name(found[0].symbol), self._toward(found[0]), facts))
        return tuple(out)

    def undecided(self, around: Sequence[Surroundings]) -> Iterable[Undecided]:
        """The calls of the chain's functions that no rule could decide."""
        for failure in sorted({u for one in around for u in one.unresolved}, key=lambda u: (u.site, u.text)):
            yield undecided(failure, self.links, self.language)

    # Sentences

    def answer(self) -> Phrase:
        """The page's first sentence, from the chain alone."""
        say, trace = self.language, self.trace
        entry = Piece(named(trace.entry), code=True, href=self._first(1) if len(trace.chains) == 1 else "")
        count = _places(trace)
        places = say.plural("{n} place", "{n} places", count)
        stopped = say.phrase(noted(" The search stopped at {places}."), places=places) if count else ()
        if not trace.targets:
            wires = {h.edge.wire for chain in trace.chains for h in chain if h.edge.wire}
            if not wires:
                none = say.phrase("{entry} was not seen to reach any remote method.", entry=entry)
                return none + self._asked() + stopped + self._bound()
            methods = self._reached()
            chains = say.plural("{n} chain", "{n} chains", len(trace.chains))
            reached = say.phrase("{entry} reaches {methods}, by {chains}.", entry=entry, methods=methods, chains=chains)
            return reached + self._asked() + self._bound()
        out: Phrase = ()
        number = 0
        for symbol, hops in trace.branches:
            number += bool(hops)
            one = self._branch(symbol, hops, number)
            out = say.phrase(noted("{a} {b}"), a=out, b=one) if out else one
        return out + stopped + self._bound() if trace.unreached else out

    def _asked(self) -> Phrase:
        """Which wires were asked for, where these are not all that the entry reaches in its program."""
        say, wanted = self.language, self.trace.wanted
        limits: list[Phrase] = []
        if wanted.kinds and not wanted.methods:
            kinds = ", ".join(kind_words(kind, say) for kind in wanted.kinds)
            limits.append(say.phrase(noted("only of the kind {kinds}"), kinds=kinds))
        if wanted.methods:
            methods = Piece(", ".join(map(one_line, wanted.methods)), code=True)
            limits.append(say.phrase(noted("only {methods}"), methods=methods))
        if wanted.depth is not None:
            hops = say.plural("{n} hop", "{n} hops", wanted.depth)
            limits.append(say.phrase(noted("by at most {hops}"), hops=hops))
        if wanted.across:
            wires = say.plural("{n} wire", "{n} wires", wanted.across)
            limits.append(say.phrase(noted("also what its servers reach, over {wires}"), wires=wires))
        out: Phrase = ()
        for limit in limits:
            out = say.phrase(noted("{a}, {b}"), a=out, b=limit) if out else limit
        return say.phrase(noted(" Asked for: {limits}."), limits=out) if out else ()

    def _bound(self) -> Phrase:
        """That a bound was hit, where it was: what is not told then may be there all the same."""
        cut = next((stop for stop in self.trace.stops if stop.reason is Ending.CUT_OFF), None)
        if cut is not None:
            at = Piece(text(cut.arguments[0]))
            return self.language.phrase(
                noted(" There may be more: the search was cut off at {number} functions."), number=at
            )
        if any(stop.hit_bound for stop in self.trace.stops):
            return self.language.phrase(noted(" There may be more: a search for values hit its bound."))
        return ()

    def _branch(self, symbol: Symbol, hops: Sequence[Hop], number: int) -> Phrase:
        """How a target is reached, by the chain of this number."""
        say, entry = self.language, named(self.trace.entry)
        if not hops:
            start, target = Piece(entry, code=True), self._target(symbol, "")
            return say.phrase("A way from {entry} to {target} was not shown.", entry=start, target=target)
        start = Piece(entry, code=True, href=self._first(number))
        target = self._target(symbol, f"#{self._prefix(number)}hop-{len(hops)}")
        return say.phrase("{entry} reaches {target} {counts}", entry=start, target=target, counts=self._counts(hops))

    def _prefix(self, number: int) -> str:
        """What the anchors of a chain begin with."""
        return "" if len(self.trace.chains) == 1 else f"chain-{number}-"

    def _first(self, number: int) -> str:
        return f"#{self._prefix(number)}hop-1"

    def _toward(self, stop: Stop) -> Phrase:
        names = {target.name: named(target) for target in self.trace.targets}
        if len(self.trace.targets) < 2 or stop.toward not in names:
            return ()
        return self.language.phrase("on the way to {target}", target=Piece(names[stop.toward], code=True))

    def _reached(self) -> Phrase:
        """The remote methods and the other programs that the chains lead to."""
        last = {(h.edge.wire, h.edge.kind) for chain in self.trace.chains for h in chain if h.edge.wire}
        started = sum(1 for _, kind in last if kind is EdgeKind.EXEC)
        called = len(last) - started
        methods = self.language.plural("{n} remote method", "{n} remote methods", called)
        programs = self.language.plural("{n} program that it starts", "{n} programs that it starts", started)
        return self._both((methods, called), (programs, started))

    def _both(self, *counted: tuple[str, int]) -> Phrase:
        """What there is any of, joined."""
        words = [words for words, count in counted if count]
        if len(words) == 2:
            return self.language.phrase("{a} and {b}", a=words[0], b=words[1])
        return tuple(Piece(one) for one in words)

    def _target(self, symbol: Symbol, href: str) -> Phrase:
        name: Phrase = (Piece(named(symbol), code=True, href=href),)
        if symbol.value is not None:
            name = (*name, Piece(" = "), Piece(one_line(symbol.value), code=True))
        forms = {"const": noted("the constant {name}"), "var": noted("the variable {name}")}
        return self.language.phrase(forms[symbol.kind], name=name) if symbol.kind in forms else name

    def _counts(self, hops: Sequence[Hop]) -> Phrase:
        say = self.language
        starts = sum(1 for hop in hops if hop.edge.kind is EdgeKind.EXEC)
        wires = sum(1 for hop in hops if hop.edge.wire) - starts
        programs = {program_name(s) for hop in hops for s in (hop.source, hop.target)}
        counted = say.plural("{n} hop", "{n} hops", len(hops))
        crossed = self._both(
            (say.plural("{n} wire", "{n} wires", wires), wires),
            (say.plural("{n} process start", "{n} process starts", starts), starts),
        )
        if len(programs) == 1 and not crossed:
            return say.phrase("in {hops}, inside one program.", hops=counted)
        if len(programs) == 1:
            return say.phrase("in {hops} over {wires}, inside one program.", hops=counted, wires=crossed)
        through = say.plural("{n} program", "{n} programs", len(programs))
        if not crossed:
            return say.phrase("in {hops}, through {programs}.", hops=counted, programs=through)
        return say.phrase("in {hops} over {wires}, through {programs}.", hops=counted, wires=crossed, programs=through)

    def _heading(self, hops: Sequence[Hop]) -> Phrase:
        last = hops[-1]
        owner = qualifier(last.target)
        name = one_line(last.edge.wire) or (f"{owner}.{leaf(last.target)}" if owner else leaf(last.target))
        return self.language.phrase("To {name}", name=Piece(name, code=True))


def _drawing(pictures: tuple[Picture | None, Picture | None], hops: Sequence[Hop]) -> Drawing:
    kinds = {hop.edge.kind for hop in hops}
    dispatch = not kinds.isdisjoint((EdgeKind.INTERFACE, EdgeKind.VALUE))
    crossing = not kinds.isdisjoint((EdgeKind.RPC, EdgeKind.EXEC))
    return Drawing(*pictures, dispatch, crossing)


def _places(trace: Trace) -> int:
    """How many places a search stopped at; that of one branch may stop where that of another does."""
    return len({(stop.symbol, stop.position, stop.message) for stop in trace.stops})


def _is_target(candidate: RuledOut) -> bool:
    """Whether a candidate is a target of its call as well: then it is not ruled out, only not on the chain."""
    return candidate.reason is Exclusion.ANOTHER_WAY


def _order(position: Position | None) -> tuple[str, str, int, int]:
    if position is None:
        return "", "", 0, 0
    return position.repository, position.path, position.line, position.column


def _pin(pin: Pin) -> PinView:
    return PinView(one_line(pin.repository), shown_url(pin.url), one_line(pin.commit), commit_link(pin))
