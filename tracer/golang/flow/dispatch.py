"""What a dynamic call ends in: the targets of an interface call or of a call of a function value, by the values that reach it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tracer.codes import Message, Note, Rule
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import Query
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.backward import Backward
from tracer.golang.flow.evidence import func_position, promotion_note, way_of
from tracer.golang.flow.outside import of_call
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import State
from tracer.golang.flow.values import bits, first_reason
from tracer.golang.summary.nodes import Node, Owner, Site
from tracer.golang.summary.shared import Nodes
from tracer.model import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A callee of a dynamic call, with the way that the value took.

    ``via`` is the type of a value whose method it is, ``others`` are those of other values that have it: by an embedded field, or as
    other instances. ``holders`` are the types of the operand's values that hold such a value in an interface that they embed.
    """

    owner: Owner
    rule: Rule
    via: t.Type | None
    evidence: tuple[Evidence, ...]
    others: tuple[t.Type, ...] = ()
    holders: tuple[t.Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The callees of a dynamic call, by name; ``bounded`` says why the search was cut short, if it was."""

    targets: tuple[Target, ...]
    bounded: Message | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """A node whose values' methods are called: of an interface, or of what embeds one, which is the field ``inner``."""

    state: State
    iface: t.Type
    bounded: Message | None
    proven: bool
    way: tuple[Evidence, ...]
    inner: Node | None = None


class Dispatcher:
    """The dynamic calls of one program, each resolved once."""

    __slots__ = ("_answers", "_dispatches", "backward", "budget", "hierarchy", "nodes", "solver")

    def __init__(self, solver: Solver, hierarchy: ClassHierarchy, backward: Backward, budget: int | None) -> None:
        self.solver = solver
        self.hierarchy = hierarchy
        self.backward = backward
        self.budget = budget
        self.nodes: Nodes = solver.xref.nodes
        self._dispatches: dict[Site, Dispatch] = {}
        self._answers: dict[tuple[int, t.Type, str], Dispatch] = {}

    def query(self) -> Query:
        """A question as this program is asked."""
        return Query(self.budget)

    def dispatch(self, site: Site) -> Dispatch:
        """The callees of an interface call or of a call of a function value."""
        found = self._dispatches.get(site)
        if found is None:
            if site.kind is t.CallKind.INTERFACE:
                assert site.selection is not None
                found = (
                    self.methods_reaching(site.receiver, site.name, site.selection.recv)
                    if site.receiver is not None
                    else Dispatch((), of_call(site).reason)
                )
            elif site.fun is not None:
                found = self._functions_reaching(site.fun)
            else:
                found = Dispatch((), of_call(site).reason)
            self._dispatches[site] = found
        return found

    def methods_reaching(self, node: Node, name: str, iface: t.Type) -> Dispatch:
        """The methods ``name`` of the types that reach an interface value."""
        query = self.query()
        state, bounded = self.solver.answer(node, query, functions=False)
        # Without ways to tell, the answer depends on what reaches the node alone.
        key = (state.mask, iface, name) if query.budget is None else None
        found = self._answers.get(key) if key is not None else None
        if found is None:
            found = self._methods_of(node, _Reached(state, iface, bounded, True, ()), name)
            if key is not None:
                self._answers[key] = found
        return found

    def _methods_of(self, node: Node, reached: _Reached, name: str) -> Dispatch:
        targets: dict[Owner, list[_Found]] = {}
        possible: dict[t.Func, tuple[Evidence, ...]] = {}
        reason: Message | None = None
        seen = {node}
        embedded: dict[_Embedding, None] = {}
        waiting = [reached]
        for at in waiting:
            for value, typ in self._types(at):
                way = (*at.way, *self._evidence(at.state, 1 << value))
                inner = self._met(typ, name, at, way, targets, possible)
                if inner is not None:
                    embedded[at.inner, typ, inner] = None
                if inner is not None and inner not in seen:
                    seen.add(inner)
                    waiting.append(self._inside(inner, typ, name, at, way))
            unknown = self.solver.values.unknown_in(self.backward.fitting.unknown(at.state.mask, at.iface))
            reason = reason or at.bounded or first_reason(unknown)
            for func in self.hierarchy.methods(at.iface, name) if at.bounded else ():
                possible.setdefault(func, at.way)
            unproven = _Reached(at.state, at.iface, at.bounded, False, at.way)
            for typ, package in dict.fromkeys((x.type, x.package) for x in unknown if x.type is not None):
                for unseen in self.hierarchy.unseen(typ, package, at.iface):
                    inner = self._met(unseen, name, unproven, at.way, targets, possible)
                    if inner is not None and inner not in seen:
                        seen.add(inner)
                        waiting.append(self._inside(inner, unseen, name, unproven, at.way))
        for func, way in possible.items():
            note = Evidence(Note.IMPLEMENTS, (func.full_name,), func_position(func))
            targets.setdefault(func, [(Target(func, Rule.IMPLEMENTS, None, (*way, note)), None)])
        holders = _holders(embedded)
        return Dispatch(_sorted(_joined(found, holders) for found in targets.values()), reason)

    def _types(self, at: _Reached) -> list[tuple[int, t.Type]]:
        """The types that reach a node and implement its interface, with their bits; by name where the ways are told."""
        known = at.state.mask & ~self.solver.values.unknown
        found = [
            (value, typ)
            for value in bits(self.backward.fitting.known(known, at.iface))
            if (typ := self.solver.values.type_of(value)) is not None
        ]
        return sorted(found, key=lambda pair: t.describe(pair[1])) if self.solver.evidence else found

    def _met(
        self,
        typ: t.Type,
        name: str,
        at: _Reached,
        way: tuple[Evidence, ...],
        targets: dict[Owner, list[_Found]],
        possible: dict[t.Func, tuple[Evidence, ...]],
    ) -> Node | None:
        """Notes the method of a type; where that is the one of an interface that it embeds, the node of this."""
        found = self.hierarchy.method(typ, name)
        if found is None:
            return None
        if found.func is not None and at.proven:
            targets.setdefault(found.func, []).append((Target(found.func, Rule.FLOW, typ, way), at.inner))
        elif found.func is not None:
            possible.setdefault(found.func, way)
        elif found.path:
            return self.nodes.field(found.path[-1])
        return None

    def _inside(self, inner: Node, typ: t.Type, name: str, at: _Reached, way: tuple[Evidence, ...]) -> _Reached:
        found = self.hierarchy.method(typ, name)
        assert found is not None
        state, bounded = self.solver.answer(inner, self.query(), functions=False)
        note = promotion_note(typ, name, found.path[-1])
        return _Reached(state, found.recv, bounded, at.proven, (*way, note), inner)

    def _functions_reaching(self, node: Node) -> Dispatch:
        values = self.solver.values
        bit = values.of(node, functions=True)
        if bit:
            return Dispatch((Target(values.owner(bit.bit_length() - 1), Rule.VALUE_FLOW, None, ()),))
        state, bounded = self.solver.answer(node, self.query(), functions=True)
        targets: dict[Owner, Target] = {}
        for value in bits(state.mask & ~values.unknown):
            owner = values.owner(value)
            targets.setdefault(owner, Target(owner, Rule.VALUE_FLOW, None, self._evidence(state, 1 << value)))
        unknown = values.unknown_in(state.mask)
        return Dispatch(_sorted(targets.values()), bounded or first_reason(unknown))

    def _evidence(self, state: State, bit: int) -> tuple[Evidence, ...]:
        return way_of(state, self.solver.values.kin(bit)) if self.solver.evidence else ()


_Found = tuple[Target, Node | None]
"""A target, and the embedded field whose values have the method; None for the operand's own."""
_Embedding = tuple[Node | None, t.Type, Node]
"""That values of a type, of the operand or of an embedded field, have a method of another field that they embed."""


def _holders(embedded: Iterable[_Embedding]) -> dict[Node, dict[t.Type, None]]:
    """For each embedded field the types of the operand's values in which it lies, through any number of others."""
    every = list(embedded)
    out: dict[Node, dict[t.Type, None]] = {inner: {} for _, _, inner in every}
    changed = True
    while changed:
        changed = False
        for outer, typ, inner in every:
            more = {typ: None} if outer is None else out[outer]
            changed = changed or not more.keys() <= out[inner].keys()
            out[inner] |= more
    return out


def _joined(found: list[_Found], holders: Mapping[Node, dict[t.Type, None]]) -> Target:
    """One target for all types that have the method, told by the first of them."""
    first, _ = found[0]
    others = dict.fromkeys(x.via for x, _ in found if x.via is not None and x.via is not first.via)
    holding = dict.fromkeys(typ for _, inner in found if inner is not None for typ in holders[inner])
    return replace(first, others=tuple(others), holders=tuple(holding)) if others or holding else first


def _sorted(targets: Iterable[Target]) -> tuple[Target, ...]:
    return tuple(sorted(targets, key=lambda target: target.owner.full_name))
