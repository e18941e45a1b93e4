"""The map of a system: what each program sends to which, in code that runs, and the stores at the rim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracer.codes import Detail, Ending, Message, Note, Reason
from tracer.golang import types as t
from tracer.golang.load.program import Program
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Initializer, Literal, Site
from tracer.graph import CallGraph, Node
from tracer.model import EdgeKind, Hop, Position, ProgramName, Stop, Trace, is_full_method
from tracer.session import Session
from tracer.systems import Between, Keeps, Sent, SystemMap
from tracer.wire.model import Wire
from tracer.wire.process import may_answer
from tracer.wire.registry import DIALECTS
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
    asked = [ProgramName(name, directory) for name, of in names.items() for directory in of.programs]
    read: list[_Program] = []
    for count, name in enumerate(asked, 1):
        progress(str(name), count)
        analysis = session.loaded(name)
        if analysis is not None:
            read.append(_program(analysis))
            # Several are not held at once.
            session.release(analysis)
    found = _Found()
    for one in read:
        for protocol, kind, sent in one.sent:
            answering = [other.name for other in read if other.answers(protocol, sent.method)]
            for target in answering or ("",):
                found.add(one.name, target, protocol, kind, sent)
    return SystemMap(tuple(one.name for one in read), found.between(), tuple(k for one in read for k in one.keeps))


@dataclass(frozen=True, slots=True)
class _Program:
    """What one program sends, by protocol, and serves: full methods by protocol. It may be started by a name."""

    name: str
    linked: Program
    sent: tuple[tuple[str, EdgeKind, Sent], ...]
    served: frozenset[tuple[str, str]]
    keeps: tuple[Keeps, ...]

    def answers(self, protocol: str, method: str) -> bool:
        return (protocol, method) in self.served or (
            protocol not in DIALECTS and bool(method) and may_answer(self.linked, method)
        )


def _program(analysis: Analysis) -> _Program:
    """What a program sends and serves."""
    graph = CallGraph([analysis])
    wires = graph.wires[analysis.name]
    sent = dict.fromkeys(
        (wire.name, wire.kind, one) for wire in wires for site in wire.sites() for one in _sent(graph, wire, site)
    )
    served = {
        (wire.name, handler.method)
        for wire in wires
        if wire.kind is EdgeKind.RPC
        for handler in wire.every_handler()
        if wire.serves(handler)
    }
    return _Program(analysis.name, analysis.program, tuple(sent), frozenset(served), tuple(stores(analysis)))


def _sent(graph: CallGraph, wire: Wire, site: Site) -> Iterator[Sent]:
    """What one call over a wire sends, if its code runs."""
    analysis = wire.analysis
    called = _called(graph, graph.node(analysis, analysis.caller(site)))
    if called is not None:
        place = analysis.place(site)
        methods = [stub.method for stub in wire.calls(site)]
        for method in (*methods, *([""] if wire.is_unnamed(site) else [])):
            yield Sent(method, place, *called)


def _called(graph: CallGraph, node: Node) -> tuple[bool, bool] | None:
    """Whether code that runs is seen to call a function, and whether that is the repository's own; None where nothing calls it, for all that is known."""
    analysis, owner = graph.objects[node]
    if not graph.runs(node):
        return None
    if isinstance(owner, Initializer) or (isinstance(owner, t.Func) and _begins(analysis, owner)):
        return True, _is_own(graph, node)
    # The first that runs is enough: those of the repository come before others.
    caller = next((one for one in graph.callers(node) if graph.runs(one)), None)
    if caller is not None:
        return True, _is_own(graph, node) or _is_own(graph, caller)
    return (False, _is_own(graph, node)) if any(row.is_open for row in analysis.unknown_callers(owner)) else None


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
            sent = Sent(
                method, stop.position, certain=True, own=kind is EdgeKind.RPC or _is_written_here(stop.position)
            )
            found.add(stop.symbol.program, "", "" if kind is EdgeKind.RPC else kind.value, kind, sent)
    between = found.between()
    programs = dict.fromkeys((trace.entry.program, *(p for one in between for p in (one.source, one.target) if p)))
    return SystemMap(tuple(programs), between, ())


def _is_written_here(place: Position) -> bool:
    """Whether a place is in the repository's own code: neither a module's nor vendored."""
    return "@" not in place.repository and "vendor" not in place.path.split("/")


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
