"""The map of a system: what each program sends to which, in code that runs, and the stores at the rim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.codes import Detail, Ending, Message, Note, Reason
from tracer.golang import types as t
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Initializer, Literal, Site
from tracer.graph import CallGraph, Crossing, Node
from tracer.model import EdgeKind, Hop, Position, Stop, Trace, is_full_method
from tracer.session import Session
from tracer.systems import Between, Keeps, Sent, SystemMap
from tracer.wire.model import Wire
from tracer.wire.stores import stores

_Key = tuple[str, str, str, EdgeKind, str]


@dataclass(slots=True)
class _Found:
    """What was found between programs: each method with its first place, the certain before others."""

    sent: dict[_Key, dict[str, Sent]] = field(default_factory=dict[_Key, "dict[str, Sent]"])

    def add(self, source: str, target: str, protocol: str, kind: EdgeKind, one: Sent) -> None:
        methods = self.sent.setdefault((source, target, protocol, kind, _service(one.method, kind)), {})
        known = methods.get(one.method)
        if known is None or _rank(one) < _rank(known):
            methods[one.method] = one

    def between(self) -> tuple[Between, ...]:
        # What is answered here comes first.
        order = sorted(self.sent, key=lambda key: (key[0], not key[1], *key[1:]))
        return tuple(Between(*key, tuple(sorted(self.sent[key].values()))) for key in order)


def of_system(session: Session, progress: Callable[[str, int], None]) -> SystemMap:
    """As ``api.system_map`` says."""
    names = session.investigation.repositories
    graph = CallGraph([a for name, of in names.items() if of.programs for a in session.programs(name)])
    found = _Found()
    keeps: list[Keeps] = []
    for count, analysis in enumerate(graph.analyses, 1):
        progress(analysis.name, count)
        for wire in graph.wires[analysis.name]:
            for site in wire.sites():
                _add(graph, wire, site, found)
        keeps += stores(analysis)
    return SystemMap(tuple(a.name for a in graph.analyses), found.between(), tuple(keeps))


def _add(graph: CallGraph, wire: Wire, site: Site, found: _Found) -> None:
    """What one call over a wire sends to whom, if its code runs."""
    analysis = wire.analysis
    node = graph.node(analysis, analysis.caller(site))
    called = _called(graph, node)
    if called is None:
        return
    place, told = analysis.place(site), set[str]()
    for step in graph.at(node, site):
        if isinstance(step.by, Crossing) and step.by.here is wire:
            told.add(step.by.stub.method)
            found.add(analysis.name, step.target.program, wire.name, wire.kind, Sent(step.edge.wire, place, *called))
    others = [stub.method for stub in wire.calls(site) if stub.method not in told]
    for method in (*others, *([""] if wire.is_unnamed(site) else [])):
        found.add(analysis.name, "", wire.name, wire.kind, Sent(method, place, *called))


def _called(graph: CallGraph, node: Node) -> tuple[bool, bool] | None:
    """Whether code that runs is seen to call a function, and whether that is the repository's own; None where nothing calls it, for all that is known."""
    analysis, owner = graph.objects[node]
    if not graph.runs(node):
        return None
    callers = [step.source for step in graph.steps_into(node) if graph.runs(step.source)]
    own = any(_is_own(graph, one) for one in (node, *callers))
    if callers or isinstance(owner, Initializer) or (isinstance(owner, t.Func) and _begins(analysis, owner)):
        return True, own
    return (False, own) if any(row.is_open for row in analysis.unknown_callers(owner)) else None


def _is_own(graph: CallGraph, node: Node) -> bool:
    _, owner = graph.objects[node]
    package = owner.unit.file.package if isinstance(owner, Literal) else owner.package
    return package is not None and not package.is_std and not package.is_elsewhere


def _begins(analysis: Analysis, func: t.Func) -> bool:
    """Whether a function runs without being called (Go spec, "Program execution")."""
    return analysis.begins(func) or (func.recv is None and func.name.partition("#")[0] == "init")


def _rank(one: Sent) -> tuple[bool, bool, Position]:
    return not one.certain, not one.own, one.place


def _service(method: str, kind: EdgeKind) -> str:
    return method if kind is EdgeKind.EXEC else method.rpartition("/")[0].removeprefix("/")


def of_trace(trace: Trace) -> SystemMap:
    """The map of what one entry leads to, from a trace to every wire."""
    found = _Found()
    for hop in (hop for chain in trace.chains for hop in chain if hop.edge.wire):
        sent = Sent(hop.edge.wire, hop.edge.site, certain=True, own=True)
        found.add(hop.source.program, hop.target.program, _protocol(hop), hop.edge.kind, sent)
    for stop in trace.stops:
        method = _unanswered(stop)
        if method is not None and stop.position is not None:
            kind = EdgeKind.RPC if is_full_method(method) else EdgeKind.EXEC
            sent = Sent(method, stop.position, certain=True, own=True)
            found.add(stop.symbol.program, "", "" if kind is EdgeKind.RPC else kind.value, kind, sent)
    between = found.between()
    programs = dict.fromkeys((trace.entry.program, *(p for one in between for p in (one.source, one.target) if p)))
    return SystemMap(tuple(programs), between, ())


def _protocol(hop: Hop) -> str:
    """What a wire is called that a hop crosses, as its evidence has it."""
    sends = (e.arguments[-1] for e in hop.edge.evidence if e.note is Note.SENDS)
    return next((str(name) for name in sends), hop.edge.kind.value)


def _unanswered(stop: Stop) -> str | None:
    """The full method, or the program, that a search stopped at because none here answers; empty where its name is not known."""
    match stop.reason, stop.arguments:
        case Ending.NOT_STARTED, (_, str(started)):
            return started
        case Ending.UNNAMED, _:
            return ""
        case Ending.UNDECIDED, (
            _,
            Message(code=Reason.NO_SERVER),
            Message(code=Detail.METHOD, arguments=(str(method),)),
        ):
            return method
        case _:
            return None
