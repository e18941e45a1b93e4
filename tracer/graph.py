"""The call graph over the programs of an investigation, as far as it was asked for.

A node is a function, constant or variable of one program; an edge is one proven step. Edges inside a program come from
``golang``, edges between programs from ``wire``. A call is resolved once, and its steps keep what they were made of.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from tracer.codes import Detail, Message, Note, Reason, Rule
from tracer.golang import fields
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Dispatch, Target
from tracer.golang.program import Analysis, Declared, left_open
from tracer.golang.summary.nodes import Initializer, Literal, Owner, Read, Site, UnitSummary
from tracer.model import Edge, EdgeKind, Evidence, Modifier, Symbol, Unresolved
from tracer.wire.fallback import fallback
from tracer.wire.model import Handler, Side, Stub, Wire
from tracer.wire.registry import wires_of


@dataclass(frozen=True, slots=True)
class Node:
    """A declared object in one program; equal where program and full name are."""

    program: str
    name: str


# Without a repr, which would print the whole program.
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Crossing:
    """What leaves one program and arrives in another: ``here`` and ``there`` are the wire as each of them has it."""

    here: Wire
    stub: Stub
    there: Wire
    handler: Handler


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step:
    """An edge with what it was made of: the call or read that stands at ``site`` in ``unit``.

    ``by`` is what the flow found of a dynamic call, or the wire that was crossed; None where the source names the callee.
    """

    edge: Edge
    source: Node
    target: Node
    unit: UnitSummary
    site: Site | Read
    by: Target | Crossing | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Resolved:
    """The callees of one call inside its program, or why there are none; ``bounded`` says why there may be more of them."""

    callees: tuple[tuple[Edge, Owner, Target | None], ...]
    failure: Unresolved | None
    bounded: Message | None = None


class Others(Protocol):
    """Programs of which nothing is known but their text: each is opened when something needs it."""

    def answering(self, wire: str, method: str, /) -> Iterable[Analysis]:
        """All that may answer a method over a wire, by its name."""
        ...

    def sending(self, wire: str, method: str, /) -> Iterable[Analysis]:
        """All that may send it."""
        ...

    def having(self, name: str, /) -> Iterable[Analysis]:
        """All in whose text a name stands that somebody typed."""
        ...

    def place(self, program: str, /) -> int:
        """Where a program stands among all."""
        ...


@dataclass(slots=True, eq=False, repr=False)
class CallGraph:
    """The programs, and the part of their call graph that was looked at.

    ``others`` are opened when a wire is reached that they may stand at, and are among ``analyses`` then.
    Where several programs answer a call over a wire and some are among ``peers``, only those are gone to; ``passed_over``
    are the others.
    """

    analyses: Sequence[Analysis]
    peers: Container[str] = ()
    others: Others | None = None
    objects: dict[Node, tuple[Analysis, Declared]] = field(default_factory=dict[Node, tuple[Analysis, Declared]])
    unresolved: dict[Node, list[Unresolved]] = field(default_factory=dict[Node, list[Unresolved]])
    passed_over: set[str] = field(default_factory=set[str])
    wires: dict[str, tuple[Wire, ...]] = field(init=False)
    _forward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])
    _backward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])
    _resolved: dict[Site, _Resolved] = field(default_factory=dict[Site, _Resolved])
    _at: dict[tuple[Node, Site], list[Step]] = field(default_factory=dict[tuple[Node, Site], list[Step]])
    _crossed: dict[tuple[Node, Site], list[Step]] = field(default_factory=dict[tuple[Node, Site], list[Step]])
    _leaving: dict[str, dict[Node, list[Site]]] = field(default_factory=dict[str, "dict[Node, list[Site]]"])
    _inward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])

    def __post_init__(self) -> None:
        self.wires = {a.name: wires_of(a) for a in self.analyses}

    def _join(self, found: Iterable[Analysis]) -> None:
        """Takes in programs that were opened."""
        others, new = self.others, [a for a in found if a.name not in self.wires]
        if new and others is not None:
            self.wires |= {a.name: wires_of(a) for a in new}
            # In their own order, whatever was reached first.
            self.analyses = sorted((*self.analyses, *new), key=lambda a: others.place(a.name))

    def having(self, text: str) -> Sequence[Analysis]:
        """The programs that may have something of a name; all others of those that are open are among them."""
        if self.others is not None:
            self._join(self.others.having(text))
        return self.analyses

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
            calls = [step for site in self.calls(node) for step in self.at(node, site)]
            found = self._forward[node] = calls + self._reads(node)
        return found

    def near_steps(self, node: Node) -> tuple[list[Step], list[Evidence]]:
        """The edges that leave a function, but for those of its calls that may lead anywhere, which come second.

        Half of a program has an ``Error`` method: who looks around in a function does not ask where ``err.Error()`` goes.
        """
        analysis, _ = self.objects[node]
        calls = self.calls(node)
        steps = [s for site in calls if not analysis.is_everyday(site) for s in self.at(node, site)]
        everyday = [
            Evidence(Note.CALL, (analysis.code(site),), analysis.place(site))
            for site in calls
            if analysis.is_everyday(site)
        ]
        return steps + self._reads(node), everyday

    def at(self, node: Node, site: Site) -> list[Step]:
        """The edges of one call of a function."""
        found = self._at.get((node, site))
        if found is None:
            found = self._over_wires(node, site)
            found = self._at[node, site] = self._inside(node, site) if found is None else found
        return found

    def alternatives(self, step: Step) -> list[Step]:
        """All proven edges of the call that a step is one of."""
        return self.at(step.source, step.site) if isinstance(step.site, Site) else [step]

    def other_servers(self, step: Step) -> list[tuple[Node, bool]]:
        """What else answers the call of a step over a wire: for each other handler the implementation, else the handler.

        Each with whether it is only a fallback.
        """
        out: dict[Node, bool] = {}
        for other in self._crossed.get((step.source, step.site), ()) if isinstance(step.site, Site) else ():
            if other.target != step.target and not self._begins_as(other, step):
                served = [s for s in self.steps(other.target) if s.edge.rule in (Rule.REGISTRATION, Rule.FALLBACK)]
                out |= {s.target: s.edge.rule is Rule.FALLBACK for s in served} or {other.target: False}
        return list(out.items())

    def other_registered(self, step: Step) -> list[tuple[Node, bool]]:
        """What else is registered for the service whose handler makes the call of a step, in the same program, as above."""
        if step.edge.rule not in (Rule.REGISTRATION, Rule.FALLBACK):
            return []
        others = (other for other in self.alternatives(step) if other.target != step.target)
        return [(other.target, other.edge.rule is Rule.FALLBACK) for other in others]

    @staticmethod
    def _begins_as(other: Step, step: Step) -> bool:
        """Whether a step goes to the same program as another, which begins with several functions."""
        return step.edge.kind is EdgeKind.EXEC and other.target.program == step.target.program

    def runs(self, node: Node) -> bool:
        """Whether a function's code runs, for all that the text tells."""
        analysis, owner = self.objects[node]
        return not isinstance(owner, t.Func | Literal) or analysis.counts(analysis.unit_of(owner).unit)

    def undecided(self, node: Node, site: Site) -> list[Unresolved]:
        """Why a call of a function is not decided, or not all that it may call is known."""
        self.at(node, site)
        analysis, _ = self.objects[node]
        place = analysis.place(site)
        found = [failure for failure in self.unresolved.get(node, ()) if failure.site == place]
        resolved = self._resolved.get(site)
        if not found and resolved is not None and resolved.bounded is not None:
            found.append(
                Unresolved(node.name, place, analysis.code(site), left_open(resolved.bounded), resolved.bounded)
            )
        return found

    def unnamed(self, node: Node, site: Site) -> Unresolved | None:
        """That a call of a function starts a program whose name is not known, or may be another than those that are."""
        analysis, _ = self.objects[node]
        if site.func is None or not any(wire.is_unnamed(site) for wire in self.wires[analysis.name]):
            return None
        by = Message(Detail.STARTED_BY, (site.func.full_name,))
        return Unresolved(node.name, analysis.place(site), analysis.code(site), Reason.NO_PROGRAM_NAME, by)

    def calls(self, node: Node) -> list[Site]:
        """The calls that a function makes."""
        analysis, caller = self.objects[node]
        if isinstance(caller, t.Const | t.Var | t.Field):
            return []
        self._fail(node, self.fault(node))
        return analysis.sites(caller)

    def fault(self, node: Node) -> Unresolved | None:
        """What is on record of a function that tracer failed on."""
        analysis, owner = self.objects[node]
        return analysis.fault(analysis.unit_of(owner)) if isinstance(owner, t.Func | Literal) else None

    def _reads(self, node: Node) -> list[Step]:
        analysis, caller = self.objects[node]
        if isinstance(caller, t.Const | t.Var | t.Field):
            return []
        return [
            Step(analysis.read_edge(unit, read), node, self.node(analysis, read.obj), unit, read)
            for unit, read in analysis.reads(caller)
        ]

    def _over_wires(self, node: Node, site: Site) -> list[Step] | None:
        """The edges of a call that leaves the program, or that a handler makes; None for a call like others."""
        analysis, owner = self.objects[node]
        for wire in self.wires[analysis.name]:
            stubs = wire.calls(site)
            crossing = [step for stub in stubs for step in self._across(node, wire, stub)]
            if crossing or (stubs and wire.is_answered):
                return crossing
            targets = wire.served(owner, site) if isinstance(owner, t.Func | Literal) else None
            if targets is not None:
                return self._to_implementation(node, site, wire, targets)
        return None

    def _inside(self, node: Node, site: Site) -> list[Step]:
        """The edges of a call that stays in the program."""
        analysis, _ = self.objects[node]
        resolved = self._resolved.get(site)
        if resolved is None:
            resolved = self._resolved[site] = _resolve(analysis, site)
        self._fail(node, resolved.failure)
        return [
            Step(edge, node, self.node(analysis, owner), site.unit, site, target)
            for edge, owner, target in resolved.callees
        ]

    def _to_implementation(self, node: Node, site: Site, wire: Wire, found: Sequence[Target]) -> list[Step]:
        """From a handler to the registered implementation."""
        analysis, owner = self.objects[node]
        targets = tuple({x.owner.full_name: x for x in found}.values())
        edges, failure = analysis.dispatch_edges(site, Dispatch(targets))
        if failure is not None:
            idle = wire.unregistered(owner) if isinstance(owner, t.Func | Literal) else None
            if idle is not None:
                failure = replace(failure, detail=Message(Detail.METHOD, (idle.method,)))
            self._fail(node, replace(failure, reason=Reason.UNREGISTERED if idle else Reason.NO_REGISTRATION))
        return [
            Step(edge, node, self.node(analysis, owner), site.unit, site, target)
            for edge, owner, target in _living(analysis, site.unit, edges, targets)
        ]

    def _fail(self, node: Node, failure: Unresolved | None) -> None:
        known = self.unresolved.setdefault(node, []) if failure is not None else []
        if failure is not None and failure not in known:
            known.append(failure)

    # Over wires

    def _across(self, node: Node, wire: Wire, stub: Stub) -> list[Step]:
        """From a stub to the handlers of its full method, in every program or in the peers."""
        analysis, _ = self.objects[node]
        out = [self._crossing_step(node, crossing) for crossing in self._crossings(wire, stub)]
        self._crossed.setdefault((node, stub.site), []).extend(out)
        picked = [step for step in out if step.target.program in self.peers]
        if picked:
            self.passed_over.update(step.target.program for step in out if step.target.program not in self.peers)
            return picked
        if not out and wire.is_answered:
            text, site = analysis.code(stub.site), analysis.place(stub.site)
            undecided = any(there.may_serve(handler) for there, handler in self._described(wire, stub))
            reason = Reason.NO_REGISTRATION if undecided else Reason.NO_SERVER
            self._fail(node, Unresolved(node.name, site, text, reason, Message(Detail.METHOD, (stub.method,))))
        return out

    def _crossings(self, wire: Wire, stub: Stub) -> list[Crossing]:
        if self.others is not None:
            self._join(self.others.answering(wire.name, stub.method))
        described = self._described(wire, stub)
        return [Crossing(wire, stub, there, handler) for there, handler in described if there.serves(handler)]

    def _described(self, wire: Wire, stub: Stub) -> Iterator[tuple[Wire, Handler]]:
        """The handlers of a stub's method in all programs, whether something is registered for them or not."""
        for other in self.analyses:
            for there in self.wires[other.name]:
                if there.name == wire.name:
                    for handler in there.handlers(stub.method):
                        yield there, handler

    def _crossing_step(self, node: Node, crossing: Crossing) -> Step:
        analysis, _ = self.objects[node]
        stub, handler = crossing.stub, crossing.handler
        edge = Edge(
            node.name,
            handler.owner.full_name,
            analysis.place(stub.site),
            crossing.there.kind,
            crossing.there.rule,
            (Modifier(stub.site.modifier),) if stub.site.modifier else (),
            (*_evidence(analysis, crossing), *analysis.idle(stub.site.unit)),
            wire=handler.method,
        )
        return Step(edge, node, self.node(handler.analysis, handler.owner), stub.site.unit, stub.site, crossing)

    # Backwards

    def steps_into(self, node: Node) -> list[Step]:
        """The proven edges that arrive at a function, constant or variable."""
        found = self._backward.get(node)
        if found is None:
            found = self._backward[node] = self._find_steps_into(node)
        return found

    def _find_steps_into(self, node: Node) -> list[Step]:
        analysis, obj = self.objects[node]
        if isinstance(obj, t.Const | t.Var):
            return self._read_by(node, analysis.readers(obj))
        if isinstance(obj, t.Field):
            return self._read_by(node, fields.readers(analysis, obj))
        if isinstance(obj, Initializer):
            return []
        handled = [(wire, handler) for wire in self.wires[analysis.name] for handler in wire.handled(obj)]
        if handled:
            return list(dict.fromkeys(s for wire, h in handled for s in self._sent_to(node, wire, h)))
        return self._of(node, self._callers(node))

    def leaving(self, program: str) -> dict[Node, list[Site]]:
        """The functions of a program that make calls over wires, with these; what the calls send is not looked for."""
        found = self._leaving.get(program)
        if found is None:
            found = self._leaving[program] = {}
            for wire in self.wires[program]:
                for site in wire.sites():
                    found.setdefault(self.node(wire.analysis, wire.analysis.caller(site)), []).append(site)
        return found

    def calls_into(self, node: Node) -> list[Step]:
        """The calls that arrive at a function inside its program.

        Calls through interfaces in the standard library are left out, and those that may come from anywhere: through its
        interfaces, and of methods such as ``Error``.
        """
        found = self._inward.get(node)
        if found is None:
            analysis, obj = self.objects[node]
            everyday = isinstance(obj, t.Func) and analysis.is_everyday_method(obj)
            sites = [] if everyday else [site for site in self._callers(node) if not self._is_far(analysis, site)]
            found = self._inward[node] = self._of(node, sites)
        return found

    def _callers(self, node: Node) -> list[Site]:
        """The call sites inside its program that may call a function."""
        analysis, obj = self.objects[node]
        return analysis.callers(obj) if isinstance(obj, t.Func | Literal) else []

    def callers(self, node: Node) -> Iterator[Node]:
        """The functions of its program that are seen to call a function, each as it is found: of the repository's own packages first."""
        analysis, _ = self.objects[node]
        for site in sorted(self._callers(node), key=lambda site: site.unit.file.package.is_elsewhere):
            source = self.node(analysis, analysis.caller(site))
            if any(step.target == node for step in self.at(source, site)):
                yield source

    def is_library(self, node: Node) -> bool:
        """Whether a function is one of the standard library's."""
        _, obj = self.objects[node]
        package = obj.unit.file.package if isinstance(obj, Literal) else obj.package
        return package is not None and package.is_std

    def _is_far(self, analysis: Analysis, site: Site) -> bool:
        """Whether a call says little of its callee: it may lead anywhere, or does nothing but leave the program."""
        if analysis.is_everyday(site) or (site.unit.file.package.is_std and site.kind is t.CallKind.INTERFACE):
            return True
        return any(wire.is_answered and wire.sends(site) for wire in self.wires[analysis.name])

    def _of(self, node: Node, sites: Iterable[Site]) -> list[Step]:
        """The edges of calls that arrive at a node."""
        analysis, _ = self.objects[node]
        return [step for site in sites for step in self._from(analysis, site) if step.target == node]

    def holders(self, node: Node) -> list[Step]:
        """From the fields that a constant or variable is stored in to it: no edges, but steps of chains to what reads them."""
        analysis, obj = self.objects[node]
        found = fields.holding(analysis, obj) if isinstance(obj, t.Const | t.Var) else ()
        return [Step(edge, self.node(analysis, field), node, unit, read) for edge, field, unit, read in found]

    def _read_by(self, node: Node, found: Iterable[tuple[UnitSummary, Read]]) -> list[Step]:
        analysis, _ = self.objects[node]
        return [
            Step(analysis.read_edge(unit, read), self.node(analysis, analysis.reader(unit, read)), node, unit, read)
            for unit, read in found
        ]

    def _sent_to(self, node: Node, wire: Wire, handler: Handler) -> list[Step]:
        """Over a wire from every program to a handler."""
        if self.others is not None:
            self._join(self.others.sending(wire.name, handler.method))
        return [
            step
            for other in self.analyses
            for here in self.wires[other.name]
            if here.name == wire.name
            for site in dict.fromkeys(stub.site for stub in here.stubs(handler.method))
            for step in self._from(other, site)
            if step.target == node
        ]

    def _from(self, analysis: Analysis, site: Site) -> list[Step]:
        """The edges of a call."""
        return self.at(self.node(analysis, analysis.caller(site)), site)


def _resolve(analysis: Analysis, site: Site) -> _Resolved:
    """What a call inside a program calls."""
    if site.kind in (t.CallKind.INTERFACE, t.CallKind.VALUE):
        dispatch, fault = analysis.dispatch(site)
        if fault is not None:
            return _Resolved((), fault)
        edges, failure = analysis.dispatch_edges(site, dispatch)
        return _Resolved(_living(analysis, site.unit, edges, dispatch.targets), failure, dispatch.bounded)
    edges, failure = analysis.resolve(site)
    callee = site.func or site.literal
    return _Resolved(tuple((edge, callee, None) for edge in edges if callee is not None), failure)


def _living(
    analysis: Analysis, unit: UnitSummary, edges: Sequence[Edge], targets: Sequence[Target]
) -> tuple[tuple[Edge, Owner, Target | None], ...]:
    """The edges of a dispatch, one for each target, without those to what is never made; fallbacks are told as such."""
    living = set(analysis.living(unit, targets))
    out: list[tuple[Edge, Owner, Target | None]] = []
    for edge, target in zip(edges, targets, strict=True):
        if target in living:
            shown = fallback(analysis, target) if target.rule is not Rule.IMPLEMENTS else ()
            told = replace(edge, rule=Rule.FALLBACK, evidence=(*edge.evidence, *shown)) if shown else edge
            out.append((told, target.owner, target))
    return tuple(out)


def _evidence(analysis: Analysis, crossing: Crossing) -> tuple[Evidence, ...]:
    """What proves that a wire is crossed, and what may stand between."""
    stub, handler = crossing.stub, crossing.handler
    sent, given = crossing.there.notes(stub, handler)
    ends = ((Side.CLIENT, crossing.here), (Side.SERVER, crossing.there))
    return (
        replace(sent, position=analysis.place(stub.site)),
        replace(given, position=handler.place),
        *(found for side, wire in ends for found in wire.between(stub, side)),
    )
