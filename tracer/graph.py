"""The call graph over the programs of an investigation, as far as it was asked for.

A node is a function, constant or variable of one program; an edge is one proven step. Edges inside a program come from
``golang``, edges between programs from ``wire``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tracer.codes import Detail, Message, Note, Reason, Rule
from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Literal, Owner
from tracer.golang.flow.places import position
from tracer.golang.flow.solver import Dispatch, Target
from tracer.golang.program import Analysis, Declared
from tracer.model import Edge, EdgeKind, Evidence, Modifier, Position, Symbol, Unresolved
from tracer.syntax import ast
from tracer.wire.fallback import fallback
from tracer.wire.grpc import Grpc
from tracer.wire.model import Handler, Stub, Wire
from tracer.wire.process import Process
from tracer.wire.ttrpc import Ttrpc

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Node:
    """A declared object in one program; equal where program and full name are."""

    program: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """An edge with the objects at its ends; ``call`` is None for a read."""

    edge: Edge
    source: Node
    target: Node
    call: ast.Call | None
    info: Info


def _empty() -> nx.MultiDiGraph[Node]:
    # Imported where a graph is made: it takes long, and most commands make none.
    import networkx as nx

    return nx.MultiDiGraph()


@dataclass(eq=False, repr=False)
class CallGraph:
    """The programs, and the part of their call graph that was looked at.

    Where several programs answer a call over a wire and some are among ``peers``, only those are gone to; ``passed_over``
    are the others.
    """

    analyses: Sequence[Analysis]
    peers: Container[str] = ()
    graph: nx.MultiDiGraph[Node] = field(default_factory=_empty)
    objects: dict[Node, tuple[Analysis, Declared]] = field(default_factory=dict[Node, tuple[Analysis, Declared]])
    unresolved: dict[Node, list[Unresolved]] = field(default_factory=dict[Node, list[Unresolved]])
    passed_over: set[str] = field(default_factory=set[str])
    _forward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])
    _backward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])
    wires: dict[str, tuple[Wire, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.wires = {a.name: (Grpc(a), Ttrpc(a), Process(a)) for a in self.analyses}

    def node(self, analysis: Analysis, obj: Declared) -> Node:
        node = Node(analysis.name, obj.full_name)
        self.objects.setdefault(node, (analysis, obj))
        return node

    def symbol(self, node: Node) -> Symbol:
        analysis, obj = self.objects[node]
        return analysis.symbol(obj)

    # Forwards

    def steps(self, node: Node) -> list[Step]:
        """The edges that leave a function: calls, wires, reads."""
        found = self._forward.get(node)
        if found is None:
            found = self._forward[node] = self._find_steps(node)
            for step in found:
                self._add(step)
        return found

    def alternatives(self, step: Step) -> list[Step]:
        """All proven edges of the call that a step is one of."""
        analysis, owner = self.objects[step.source]
        site = _site(step)
        if site is None or not isinstance(owner, t.Func | Literal):
            return [step]
        return self.site_steps(analysis, step.info, owner, site)

    def other_servers(self, step: Step) -> list[tuple[Node, bool]]:
        """What else answers the call of a step over a wire: in each other program the implementation, else what handles it.

        Each with whether it is only a fallback.
        """
        analysis, owner = self.objects[step.source]
        site = _site(step)
        if site is None or not isinstance(owner, t.Func | Literal):
            return []
        out: dict[Node, bool] = {}
        for wire in self.wires[analysis.name]:
            for stub in wire.calls(step.info, site):
                for other in self._crossings(analysis, owner, wire, stub):
                    if other.target.program != step.target.program:
                        served = [
                            s for s in self.steps(other.target) if s.edge.rule in (Rule.REGISTRATION, Rule.FALLBACK)
                        ]
                        out |= {s.target: s.edge.rule is Rule.FALLBACK for s in served} or {other.target: False}
        return list(out.items())

    def _find_steps(self, node: Node) -> list[Step]:
        analysis, obj = self.objects[node]
        if not isinstance(obj, t.Func | Literal):
            return []
        info = analysis.info(obj)
        out: list[Step] = []
        for site in analysis.sites(obj):
            out += self.site_steps(analysis, info, obj, site)
        return out + self._reads(analysis, info, obj, node)

    def near_steps(self, node: Node) -> tuple[list[Step], list[Evidence]]:
        """The edges that leave a function, but for those of its calls that may lead anywhere, which come second.

        Half of a program has an ``Error`` method: who looks around in a function does not ask where ``err.Error()`` goes.
        """
        analysis, obj = self.objects[node]
        if not isinstance(obj, t.Func | Literal):
            return [], []
        info = analysis.info(obj)
        out: list[Step] = []
        everyday: list[Evidence] = []
        for site in analysis.sites(obj):
            if analysis.is_everyday(site):
                everyday.append(Evidence(Note.CALL, (analysis.code(info, site.node),), analysis.place(info, site)))
            else:
                out += self.site_steps(analysis, info, obj, site)
        return out + self._reads(analysis, info, obj, node), everyday

    def _reads(self, analysis: Analysis, info: Info, owner: Owner, node: Node) -> list[Step]:
        return [
            Step(analysis.read_edge(info, owner, read), node, self.node(analysis, read.obj), None, info)
            for read in analysis.reads(owner)
        ]

    def site_steps(self, analysis: Analysis, info: Info, owner: Owner, site: CallSite) -> list[Step]:
        """The edges of one call site."""
        node = self.node(analysis, owner)
        for wire in self.wires[analysis.name]:
            crossing = [s for stub in wire.calls(info, site) for s in self.wire_steps(analysis, owner, wire, stub)]
            if crossing or (wire.kind is EdgeKind.RPC and wire.calls(info, site)):
                return crossing
            handled = wire.handled(owner) if site.kind == "interface" else []
            if handled:
                served = self._served(analysis, info, node, site, wire, handled)
                if served is not None:
                    return served
        edges, failure = analysis.resolve(info, site)
        if failure is not None:
            known = self.unresolved.setdefault(node, [])
            if failure not in known:
                known.append(failure)
        if site.kind in ("interface", "value"):
            return self._dispatched(analysis, info, node, site, edges, analysis.flow.dispatch(info, site).targets)
        targets = {o.full_name: o for o in analysis.flow.callees(info, site)}
        return [
            Step(edge, node, self.node(analysis, targets[edge.callee]), site.node, info)
            for edge in edges
            if edge.callee in targets
        ]

    def _dispatched(
        self, analysis: Analysis, info: Info, node: Node, site: CallSite, edges: Sequence[Edge], found: Iterable[Target]
    ) -> list[Step]:
        targets = {x.owner.full_name: x for x in analysis.living(info, found)}
        out: list[Step] = []
        for edge in edges:
            if edge.callee in targets:
                target = targets[edge.callee]
                shown = fallback(analysis, target) if target.rule is not Rule.IMPLEMENTS else ()
                told = replace(edge, rule=Rule.FALLBACK, evidence=(*edge.evidence, *shown)) if shown else edge
                out.append(Step(told, node, self.node(analysis, target.owner), site.node, info))
        return out

    def _served(
        self, analysis: Analysis, info: Info, node: Node, site: CallSite, wire: Wire, handlers: list[Handler]
    ) -> list[Step] | None:
        """From a handler to the registered implementation; None where the call is not on that."""
        if not wire.calls_implementation(info, site):
            return None
        targets = [x for handler in handlers for s, x in wire.implementations(handler) if s is site]
        unique = {x.owner.full_name: x for x in targets}
        edges, failure = analysis.dispatch_edges(info, site, Dispatch(tuple(unique.values())))
        if failure is not None:
            failure = Unresolved(failure.caller, failure.site, failure.text, Reason.NO_REGISTRATION, failure.detail)
            self.unresolved.setdefault(node, []).append(failure)
        return self._dispatched(analysis, info, node, site, edges, unique.values())

    def wire_steps(self, analysis: Analysis, owner: Owner, wire: Wire, stub: Stub) -> list[Step]:
        """Over the wire: from a stub to the handlers of its full method, in every program or in the peers."""
        out = self._crossings(analysis, owner, wire, stub)
        picked = [step for step in out if step.target.program in self.peers]
        if picked:
            self.passed_over.update(step.target.program for step in out if step.target.program not in self.peers)
            return picked
        # Most programs that are started are none of the investigation's.
        if not out and wire.kind is EdgeKind.RPC:
            known = self.unresolved.setdefault(self.node(analysis, owner), [])
            text = analysis.code(stub.info, stub.site.node)
            site = analysis.place(stub.info, stub.site)
            failure = Unresolved(owner.full_name, site, text, Reason.NO_SERVER, Message(Detail.METHOD, (stub.method,)))
            if failure not in known:
                known.append(failure)
        return out

    def _crossings(self, analysis: Analysis, owner: Owner, wire: Wire, stub: Stub) -> list[Step]:
        node = self.node(analysis, owner)
        site = analysis.place(stub.info, stub.site)
        out: list[Step] = []
        for other in self.analyses:
            for there in self.wires[other.name]:
                if there.name != wire.name:
                    continue
                for handler in there.handlers(stub.method):
                    if there.serves(handler):
                        edge = self._wire_edge(owner, stub, handler, site, wire, there)
                        out.append(Step(edge, node, self.node(other, handler.owner), stub.site.node, stub.info))
        return out

    def _wire_edge(self, owner: Owner, stub: Stub, handler: Handler, site: Position, here: Wire, there: Wire) -> Edge:
        described = position(handler.described.file, handler.pos)
        notes = there.notes(stub, handler, site, described)
        evidence = (*notes, *here.between(stub, True), *there.between(stub, False))
        modifiers = (Modifier(stub.site.modifier),) if stub.site.modifier else ()
        return Edge(
            owner.full_name,
            handler.owner.full_name,
            site,
            there.kind,
            there.rule,
            modifiers,
            evidence,
            wire=handler.method,
        )

    # Backwards

    def steps_into(self, node: Node) -> list[Step]:
        """The proven edges that arrive at a function, constant or variable."""
        found = self._backward.get(node)
        if found is None:
            found = self._backward[node] = self._find_steps_into(node)
            for step in found:
                self._add(step)
        return found

    def _find_steps_into(self, node: Node) -> list[Step]:
        analysis, obj = self.objects[node]
        out: list[Step] = []
        if isinstance(obj, t.Const | t.Var):
            for info, read in analysis.readers(obj):
                owner = self._owner(analysis, info, read.owner)
                if owner is not None:
                    edge = analysis.read_edge(info, owner, read)
                    out.append(Step(edge, self.node(analysis, owner), node, None, info))
            return out
        handled = [(wire, h) for wire in self.wires[analysis.name] for h in wire.handled(obj)]
        if handled:
            return [s for wire, h in handled for s in self._into_handler(wire, h) if s.target == node]
        if isinstance(obj, Literal):
            return self._into_literal(analysis, obj, node)
        for info, site in analysis.callers(obj):
            owner = self._owner(analysis, info, site.owner)
            if owner is not None:
                out += [s for s in self.site_steps(analysis, info, owner, site) if s.target == node]
        return out

    def _owner(self, analysis: Analysis, info: Info, inner: object) -> Owner | None:
        """The function that a call or read is told of: the literal if that handles a method, else the outermost function."""
        if isinstance(inner, Literal) and any(w.handled(inner) for w in self.wires[analysis.name]):
            return inner
        return analysis.outermost(info, inner)

    def _into_literal(self, analysis: Analysis, literal: Literal, node: Node) -> list[Step]:
        """A literal is reached from where it is called; it is also part of the function that it stands in."""
        out: list[Step] = []
        for info, site in analysis.flow.value_callers(("x", literal.info, literal.node)):
            owner = self._owner(analysis, info, site.owner)
            if owner is not None:
                out += [s for s in self.site_steps(analysis, info, owner, site) if s.target == node]
        return out

    def _into_handler(self, wire: Wire, handler: Handler) -> list[Step]:
        out: list[Step] = []
        for other in self.analyses:
            for here in self.wires[other.name]:
                for stub in here.stubs(handler.method) if here.name == wire.name else ():
                    owner = self._owner(other, stub.info, stub.site.owner)
                    if owner is not None:
                        out += self.wire_steps(other, owner, here, stub)
        return out

    def _add(self, step: Step) -> None:
        key = (step.edge.site, step.edge.kind, step.edge.callee)
        if not self.graph.has_edge(step.source, step.target, key):
            self.graph.add_edge(step.source, step.target, key, step=step)


def _site(step: Step) -> CallSite | None:
    """The call that a step is made of; None for a read."""
    return next((s for s in step.info.calls if s.node is step.call), None)
