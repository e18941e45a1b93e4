"""Checks the claims of an investigation against the sources at its pins.

A chain is checked hop by hop from its entry: each hop must be a proven edge of the call graph. So the first hop that
does not hold is known, and what its function leads to now.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Protocol

from tracer import frontier, trace, values
from tracer.codes import Breach, Message, Note, Reason
from tracer.errors import ResolutionError, SourceError
from tracer.golang import types as t
from tracer.golang.lookup import lookup, lookup_all
from tracer.golang.names import fits, normal
from tracer.golang.program import Analysis
from tracer.golang.types.constants import Value, represent, to_bytes
from tracer.golang.types.literals import as_go, unquote
from tracer.graph import CallGraph, Node, Step
from tracer.investigation import artifacts
from tracer.investigation.model import (
    ArtifactClaim,
    Chain,
    ChainClaim,
    Claim,
    ConstantClaim,
    FileClaim,
    HandlerClaim,
    Investigation,
    SymbolClaim,
    WantedHop,
)
from tracer.model import (
    ArtifactStep,
    Evidence,
    Hop,
    Position,
    ProgramName,
    StepKind,
    Symbol,
    Trace,
    Verdict,
    shortened,
)
from tracer.sentences import sentence
from tracer.source.snapshot import Snapshot

REFERENCE = re.compile(r"\{hop:([^{}]+)\}")
_MOST = 6


class Sources(Protocol):
    """What claims are checked against."""

    def graph(self, name: str, only: str | None = None) -> CallGraph: ...

    def programs(self, name: str, only: str | None = None) -> list[Analysis]: ...

    def snapshot(self, name: str) -> Snapshot: ...


def check(asked: Investigation, claim: Claim, sources: Sources, progress: trace.Progress) -> Verdict:
    """The verdict on a claim of an investigation. Raises SourceError for sources that cannot be had."""
    match claim:
        case ChainClaim():
            chain = next(c for c in asked.chains if c.name == claim.chain)
            return _chain(claim, chain, sources, progress)
        case ConstantClaim():
            return _constant(claim, sources)
        case SymbolClaim():
            return _symbol(claim, sources)
        case FileClaim():
            return _file(claim, sources)
        case ArtifactClaim() | HandlerClaim():
            return _artifact(asked, claim, sources)


def of_trace(chain: str, found: Trace) -> tuple[Claim, ...]:
    """The claims that a found chain proves: its hops, and the value of the constant that it ends at."""
    if not found.found or not found.targets:
        return ()
    target = found.targets[0]
    hops = tuple(WantedHop(h.target.name, h.edge.kind.value, h.edge.wire, h.edge.site.path) for h in found.chains[0])
    words = f"{found.entry.short} leads to {target.short}, each hop proven"
    claims: list[Claim] = [ChainClaim(words, chain, hops)]
    value = target.value
    text = unquote(value) if value is not None and value.startswith('"') else None
    # A string of other bytes than UTF-8 cannot be written in an investigation.
    if text is not None and to_bytes(text).decode("utf-8", "replace") == text:
        repository = ProgramName.parse(target.program).repository
        claims.append(ConstantClaim(f"{target.short} is {value}", target.name, repository, text))
    return tuple(claims)


def references(asked: Investigation) -> list[tuple[str, str]]:
    """The symbols that answers refer to as ``{hop:SYMBOL}``, in any language, each with its question."""
    texts = [(asked.title, answer) for answer in (asked.answer, *asked.answers.values())]
    texts += [(q.question, answer) for q in asked.questions for answer in (q.answer, *(t[1] for t in q.texts.values()))]
    return list(dict.fromkeys((question, name) for question, text in texts for name in REFERENCE.findall(text)))


def check_references(asked: Investigation, traces: Sequence[Trace]) -> Iterator[Verdict]:
    """A verdict on each reference of an answer: some chain must begin at that symbol, or have a hop to it."""
    hops = [hop for found in traces for chain in found.chains for hop in chain]
    symbols = {s.name: s for s in (*(found.entry for found in traces), *(hop.target for hop in hops))}
    reached = {chain[-1].target for found in traces for chain in found.chains}
    lost = [target.short for found in traces for target in found.targets if target not in reached]
    missing = Message(Breach.NO_CHAINS, (", ".join(dict.fromkeys(lost)),)) if lost else None
    for question, name in references(asked):
        claim = Message(Note.REFERS, (question, name))
        found = [s for s in symbols.values() if fits(s, normal(name))]
        if len(found) == 1:
            yield Verdict(claim, "answer", (_named(found[0]),))
        else:
            several = Message(Breach.SEVERAL_SYMBOLS, (str(len(found)),))
            broken = several if found else Message(Breach.NO_SYMBOL)
            broken = _both(broken, missing) if missing is not None else broken
            instead = tuple(_named(s) for s in (found or symbols.values()))
            yield Verdict(claim, "answer", (), broken, instead)


def _named(symbol: Symbol) -> Evidence:
    return Evidence(Note.NAMED, (symbol.short,), symbol.position)


def _both(one: Message, other: Message) -> Message:
    return Message(Breach.BOTH, (one, other))


def _failed(error: ResolutionError | SourceError) -> Message:
    return Message(Breach.ERROR, (str(error),))


# Chains


def _chain(claim: ChainClaim, chain: Chain, sources: Sources, progress: trace.Progress) -> Verdict:
    about = f"chain {chain.name}"
    graph = sources.graph(chain.repository, chain.program)
    try:
        node = graph.node(*lookup(sources.programs(chain.repository, chain.program), chain.entry))
    except ResolutionError as error:
        return Verdict(claim.claim, about, (), Message(Breach.ENTRY, (str(error),)))
    if claim.hops:
        return _hops(claim, about, chain, graph, node)
    return _through(claim, about, chain, graph, node, progress)


def _hops(claim: ChainClaim, about: str, chain: Chain, graph: CallGraph, node: Node) -> Verdict:
    evidence: list[Evidence] = []
    for number, wanted in enumerate(claim.hops, 1):
        steps = [s for s in graph.steps(node) if fits(graph.symbol(s.target), normal(wanted.to))]
        hops = [(s, hop) for s in steps for hop in trace.hops(graph, [s])]
        fitting = [(s, hop) for s, hop in hops if not _differences(wanted, hop)]
        if not fitting:
            ends = (str(number), shortened(node.name), shortened(wanted.to))
            broken = Message(Breach.NOT_LED_TO, ends)
            instead = _instead(graph, node, wanted)
            if hops:
                why = functools.reduce(_both, _differences(wanted, hops[0][1]))
                broken = Message(Breach.NOT_AS_CLAIMED, (*ends, why))
                instead = (_told(number, hops[0][1]),)
            return Verdict(claim.claim, about, tuple(evidence), broken, instead)
        step, hop = fitting[0]
        evidence.append(_told(number, hop))
        node = step.target
    if not fits(graph.symbol(node), normal(chain.target)):
        broken = Message(Breach.OTHER_END, (shortened(node.name), shortened(chain.target)))
        return Verdict(claim.claim, about, tuple(evidence), broken)
    return Verdict(claim.claim, about, tuple(evidence))


def _told(number: int, hop: Hop) -> Evidence:
    edge, start = hop.edge, (str(number), hop.edge.kind.value, hop.target.short)
    if edge.wire:
        return Evidence(Note.HOP_OVER_WIRE, (*start, edge.wire, hop.code), edge.site)
    return Evidence(Note.HOP, (*start, hop.code), edge.site)


def _differences(wanted: WantedHop, hop: Hop) -> list[Message]:
    """What a hop has other than is claimed."""
    out: list[Message] = []
    edge = hop.edge
    if wanted.kind and wanted.kind != edge.kind.value:
        out.append(Message(Breach.OTHER_KIND, (edge.kind.value, wanted.kind)))
    if wanted.wire and wanted.wire != edge.wire:
        other = Message(Breach.OTHER_METHOD, (edge.wire, wanted.wire))
        out.append(other if edge.wire else Message(Breach.NO_METHOD, (wanted.wire,)))
    if wanted.place and not _stands(edge.site, wanted.place):
        out.append(Message(Breach.OTHER_PLACE, (str(edge.site), wanted.place)))
    # A claim names words of the notes as people read them.
    notes = [sentence(e.message) for e in (*edge.evidence, *hop.notes)]
    missing = [words for words in wanted.evidence if not any(words in n for n in notes)]
    return out + [Message(Breach.NOT_IN_EVIDENCE, (words,)) for words in missing]


def _stands(place: Position, at: str) -> bool:
    return at in (place.path, str(place))


def _instead(graph: CallGraph, node: Node, wanted: WantedHop) -> tuple[Evidence, ...]:
    """What a function leads to now, nearest to what was claimed first, and the calls of it that nothing is known of."""
    name = _bare(wanted.to)
    steps = graph.steps(node)
    failed = [f for f in graph.unresolved.get(node, ()) if name in f.text or f.reason is Reason.NO_SERVER]
    out = [Evidence(Note.UNDECIDED, (f.text, Message(f.reason), f.detail), f.site) for f in failed]
    same = [s for s in steps if _bare(s.target.name) == name or s.edge.wire.endswith(f"/{name}")]
    shown = same or _likely(graph, steps, wanted.to)
    unique = {(s.edge.site, s.target): s for s in shown}
    leading = [(s.edge, (s.edge.kind.value, shortened(s.target.name))) for s in unique.values()]
    out += [Evidence(Note.LEADS_TO, ends, edge.site) for edge, ends in leading]
    return tuple(out[:_MOST])


def _likely(graph: CallGraph, steps: Sequence[Step], wanted: str) -> list[Step]:
    """The steps into declared code, the ones whose names resemble most first."""
    named = {s.target.name: s for s in steps if graph.symbol(s.target).position is not None}

    def likeness(name: str) -> float:
        return difflib.SequenceMatcher(None, normal(name).rsplit("/", 1)[-1], normal(wanted)).ratio()

    return [named[name] for name in sorted(named, key=lambda n: (-likeness(n), n))]


def _bare(name: str) -> str:
    return re.split(r"[./]", normal(name))[-1]


def _through(
    claim: ChainClaim, about: str, chain: Chain, graph: CallGraph, node: Node, progress: trace.Progress
) -> Verdict:
    evidence: list[Evidence] = []
    for name in (*(claim.through or chain.via), chain.target):
        try:
            ends = [graph.node(*found) for found in lookup_all(graph.having(name), name, (chain.target,))]
        except ResolutionError as error:
            return Verdict(
                claim.claim, about, tuple(evidence), Message(Breach.AFTER, (shortened(node.name), str(error)))
            )
        found = frontier.between(graph, node, [ends], progress)
        if not found.chains:
            broken = Message(Breach.NO_CHAIN, (shortened(node.name), shortened(ends[0].name)))
            stops = tuple(Evidence(Note.STOPPED, (s.symbol.short, s.message), s.position) for s in found.stops[:_MOST])
            return Verdict(claim.claim, about, tuple(evidence), broken, stops)
        hops = trace.hops(graph, found.chains[0])
        evidence += [_told(number, hop) for number, hop in enumerate(hops, len(evidence) + 1)]
        node = found.chains[0][-1].target
    return Verdict(claim.claim, about, tuple(evidence))


# Declarations and files


def _constant(claim: ConstantClaim, sources: Sources) -> Verdict:
    about = f"constant {shortened(claim.constant)}"
    try:
        analysis, obj = lookup(sources.programs(claim.repository), claim.constant)
    except ResolutionError as error:
        return Verdict(claim.claim, about, (), _failed(error))
    symbol = analysis.symbol(obj)
    shown = Evidence(Note.CONSTANT, (symbol.short, values.value_told(symbol)), symbol.position)
    found = analysis.constant(obj)
    if found is None:
        return Verdict(claim.claim, about, (), Message(Breach.NO_VALUE), (shown,))
    wanted, typ = _written(claim.value)
    if represent(wanted, found.type) != found.value:
        return Verdict(claim.claim, about, (), Message(Breach.OTHER_VALUE, (as_go(wanted, typ),)), (shown,))
    return Verdict(claim.claim, about, (shown,))


def _written(value: str | bool | int | float) -> tuple[Value, t.Type]:
    """A value of an investigation as the constant that Go has for it."""
    match value:
        case str():
            return value, t.UNTYPED["string"]
        case bool():
            return value, t.UNTYPED["bool"]
        case int():
            return value, t.UNTYPED["int"]
        case float():
            return Fraction(str(value)), t.UNTYPED["float"]


def _symbol(claim: SymbolClaim, sources: Sources) -> Verdict:
    about = f"symbol {shortened(claim.symbol)}"
    try:
        analysis, obj = lookup(sources.programs(claim.repository), claim.symbol)
    except ResolutionError as error:
        return Verdict(claim.claim, about, (), _failed(error))
    symbol = analysis.symbol(obj)
    shown = (Evidence(Note.DECLARED, (symbol.kind, symbol.short), symbol.position),)
    if claim.place and (symbol.position is None or not _stands(symbol.position, claim.place)):
        return Verdict(claim.claim, about, (), Message(Breach.NOT_THERE, (claim.place,)), shown)
    return Verdict(claim.claim, about, shown)


def _file(claim: FileClaim, sources: Sources) -> Verdict:
    about = f"file {claim.file}"
    snapshot = sources.snapshot(claim.repository)
    try:
        text = snapshot.read(claim.file).decode("utf-8", "replace")
    except SourceError as error:
        return Verdict(claim.claim, about, (), _failed(error))
    lines = [line.strip() for line in text.splitlines()]
    wanted = [line.strip() for line in claim.holds.strip().splitlines()]
    places = [i for i in range(len(lines)) if lines[i : i + len(wanted)] == wanted]
    at = [i for i in places if claim.line in (0, i + 1)]
    if at:
        return Verdict(claim.claim, about, _lines(claim, lines, at[:1]))
    if places:
        broken = Message(Breach.NOT_IN_LINE, (str(claim.line), wanted[0]))
        return Verdict(claim.claim, about, (), broken, _lines(claim, lines, [claim.line - 1, *places[:_MOST]]))
    close = difflib.get_close_matches(wanted[0], lines, n=2)
    near = [lines.index(line) for line in close]
    broken = Message(Breach.NOT_IN_FILE, (wanted[0],))
    return Verdict(claim.claim, about, (), broken, _lines(claim, lines, near))


def _lines(claim: FileClaim, lines: Sequence[str], at: Iterable[int]) -> tuple[Evidence, ...]:
    shown = [i for i in at if i < len(lines)]
    return tuple(Evidence(Note.LINE, (lines[i],), Position(claim.repository, claim.file, i + 1, 1)) for i in shown)


# Artifacts


def _artifact(asked: Investigation, claim: ArtifactClaim | HandlerClaim, sources: Sources) -> Verdict:
    about = f"artifact {claim.artifact}"
    wanted = next(a for a in asked.artifacts if a.name == claim.artifact)
    snapshot = sources.snapshot(wanted.repository)
    try:
        found = artifacts.trace(wanted, snapshot)
    except SourceError as error:
        return Verdict(claim.claim, about, (), _failed(error))
    steps = list(_flat(found.steps))
    if isinstance(claim, HandlerClaim):
        handlers = [step for step in steps if step.kind is StepKind.HANDLER]
        given = [step for step in handlers if step.signal == claim.signal]
        if any(step.function == claim.handler for step in given):
            return Verdict(claim.claim, about, tuple(_step(step) for step in given))
        others = given or handlers
        broken = Message(Breach.OTHER_HANDLER, (claim.handler, claim.signal))
        return Verdict(claim.claim, about, (), broken, tuple(_step(step) for step in others))
    return _steps(claim, about, steps)


def _steps(claim: ArtifactClaim, about: str, steps: list[ArtifactStep]) -> Verdict:
    evidence: list[Evidence] = []
    at = 0
    for number, wanted in enumerate(claim.steps, 1):
        of_kind = [i for i in range(at, len(steps)) if steps[i].kind.value == wanted.kind]
        fitting = [i for i in of_kind if wanted.holds in steps[i].text]
        if not fitting:
            step = (str(number), wanted.kind)
            with_words = Message(Breach.NO_STEP_WITH, (*step, wanted.holds))
            broken = with_words if wanted.holds else Message(Breach.NO_STEP, step)
            shown = [steps[i] for i in of_kind] or [s for s in steps[at:] if s.kind is StepKind.UNDECIDED]
            return Verdict(claim.claim, about, tuple(evidence), broken, tuple(_step(s) for s in shown[:_MOST]))
        evidence.append(_step(steps[fitting[0]]))
        at = fitting[0] + 1
    return Verdict(claim.claim, about, tuple(evidence))


def _step(step: ArtifactStep) -> Evidence:
    if step.note is not None:
        return Evidence(Note.STEP_NOTED, (step.kind.value, step.text, step.note), step.position)
    return Evidence(Note.STEP, (step.kind.value, step.text), step.position)


def _flat(steps: Iterable[ArtifactStep]) -> Iterator[ArtifactStep]:
    for step in steps:
        yield step
        yield from _flat(step.steps)
