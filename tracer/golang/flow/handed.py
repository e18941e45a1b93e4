"""How a value comes to the place where it is called: handed in by a parameter of the code around, made there, or from elsewhere.

Chains of calls ask this. An edge out of a function that calls what it is given is true of one of its callers alone; a chain
takes it where that caller is on it (the matched calls and returns of Sharir and Pnueli). Only the way inside of a unit is told, and of
the functions that it calls by name for a value: what comes out of a package variable, a channel, or a field of anything but a struct
that is held by value may be anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.arguments import first_argument
from tracer.golang.flow.dispatch import Dispatcher
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.values import bits
from tracer.golang.summary.nodes import (
    Append,
    CallValue,
    Closure,
    Component,
    Composite,
    Convert,
    Entry,
    FieldNode,
    FieldUse,
    FunctionUse,
    IndexOf,
    Local,
    Node,
    Owner,
    Part,
    Receive,
    Same,
    Site,
    Use,
    reaching,
)

MAX_CALLS = 3
"""Through the results of how many calls inside of one another a value is followed."""

Carried = Owner | t.Type
"""What is called: a function, or a value of a type whose method it is."""


@dataclass(frozen=True, slots=True)
class Made:
    """A value that is made in the code around; or in what that calls, by ``calls``, the outermost first.

    ``targs`` are the type arguments with which a generic function is made a value.
    """

    calls: tuple[Site, ...] = ()
    targs: tuple[t.Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """A value in a field of a struct that a parameter or receiver holds, by value."""

    var: Local
    field: FieldNode


class Elsewhere(Enum):
    """A value that may be anybody's."""

    ELSEWHERE = "elsewhere"


Origin = Local | Inside | Made | Elsewhere
"""Where a value comes from; a variable is a parameter or receiver that holds it."""


class Handed:
    """Where the values of one program come from, unit by unit."""

    __slots__ = ("_origins", "dispatcher", "hierarchy", "solver")

    def __init__(self, solver: Solver, hierarchy: ClassHierarchy, dispatcher: Dispatcher) -> None:
        self.solver = solver
        self.hierarchy = hierarchy
        self.dispatcher = dispatcher
        self._origins: dict[tuple[Node, Carried], frozenset[Origin]] = {}

    def called(self, site: Site, owner: Owner, via: t.Type | None) -> tuple[Carried, frozenset[Origin]] | None:
        """What a dynamic call of ``owner`` has to be given, and where it comes from; None where that is not asked.

        ``via`` is the type of the value whose method ``owner`` is.
        """
        node, value = (site.receiver, via) if site.kind is t.CallKind.INTERFACE else (site.fun, owner)
        # What is promoted from an interface that the value embeds is no value of the operand itself.
        if node is None or value is None or not self._holds(node, value):
            return None
        # It is there, so that where no way is found there is one that was not looked for.
        return value, self._of(node, value) or frozenset((Elsewhere.ELSEWHERE,))

    def passed(self, site: Site, var: Local, value: Carried, field: FieldNode | None = None) -> frozenset[Origin]:
        """Where the value comes from that a call passes for a parameter or receiver of what it calls, or in a ``field`` of it.

        Empty where it passes another.
        """
        nodes = self._arguments(site, var)
        if nodes is not None and field is not None:
            nodes = self._in_fields(nodes, field, ())
        if nodes is None:
            return frozenset((Elsewhere.ELSEWHERE,))
        return frozenset(origin for x in nodes for origin in ((x,) if isinstance(x, Inside) else self._of(x, value)))

    def _of(self, node: Node, value: Carried) -> frozenset[Origin]:
        found = self._origins.get((node, value))
        if found is None:
            found = frozenset(self._walk(node, value))
            # What is put into a container by another name is found by what its elements are.
            if not found and _is_container(node.type) and self._holds(self.solver.xref.nodes.element(node), value):
                found = frozenset((Elsewhere.ELSEWHERE,))
            self._origins[node, value] = found
        return found

    def _walk(self, start: Node, value: Carried) -> Iterator[Origin]:
        seen: set[_Point] = set()
        waiting: list[_Point] = [(start, ())]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            node, calls = at
            if self.solver.values.of(node, functions=_is_function(value)):
                if self._holds(node, value):
                    yield Made(calls, node.targs if isinstance(node, FunctionUse) else ())
                    continue
                if not _is_container(node.type):
                    continue
            if isinstance(node, FieldUse) and node.x is not None:
                inside = self._in_fields([node.x], node.field, ())
                if inside is not None and not (calls and any(isinstance(x, Inside) for x in inside)):
                    yield from (x for x in inside if isinstance(x, Inside))
                    waiting += [(x, calls) for x in inside if not isinstance(x, Inside)]
                    continue
            var = node.var if isinstance(node, Entry) else node
            if isinstance(var, Local) and var.role in ("param", "recv"):
                if not calls:
                    yield var
                elif calls[-1].func is var.owner and (passed := self._arguments(calls[-1], var)) is not None:
                    waiting += [(arg, calls[:-1]) for arg in passed]
                else:
                    yield Elsewhere.ELSEWHERE
            before = self._before(node)
            if before is not None:
                waiting += [(x, calls) for x in before]
            elif self._may_hold(node, value):
                inside = self._returned(node, calls)
                if inside is None:
                    yield Elsewhere.ELSEWHERE
                else:
                    waiting += inside

    def _returned(self, node: Node, calls: tuple[Site, ...]) -> list[_Point] | None:
        """What a call that is a node's value gives back, inside of the function that it names; None for other nodes."""
        call, index = (node.call, node.index) if isinstance(node, Component) else (node, 0)
        site = call.site if isinstance(call, CallValue) else None
        if site is None or site.func is None or len(calls) >= MAX_CALLS or any(x.func is site.func for x in calls):
            return None
        if site.kind is not t.CallKind.STATIC:
            return None
        unit = self.solver.xref.summary(self.hierarchy.unit_of(site.func))
        stored = unit.stores.get(self.solver.xref.nodes.result(site.func, index), ())
        # Of the library not all is at hand that a result may come from, but for functions that it makes.
        if site.func.package.is_std and not (stored and all(isinstance(source, Closure) for source, _ in stored)):
            return None
        return [(source, (*calls, site)) for source, _ in stored if source is not None]

    def _before(self, node: Node) -> list[Node] | None:
        """The nodes of the unit that a node's value comes from, or that hold it; None where it comes from elsewhere."""
        found: Iterable[Node | None]
        match node:
            case Use(var=Local() as var):
                found = [source for source, _ in reaching(node, var)]
            case Entry():
                found = ()
            case Local() if not node.address_taken and node not in self.solver.xref.uses_in(node.unit).parts:
                found = [source for source, _ in node.unit.stores.get(node, ())]
            case Same() | IndexOf() | Receive():
                found = (node.x,)
            case Convert() | Append():
                found = node.args
            case Composite() if node.fields is None:
                found = node.values
            case Part(whole=whole):
                found = (whole,)
            case _:
                return None
        return [x for x in found if x is not None]

    def _in_fields(
        self, structs: Sequence[Node], field: FieldNode, seen: tuple[Node, ...]
    ) -> list[Node | Inside] | None:
        """What a field of some structs holds: what literals give it, or a parameter's. None where it may be anything."""
        out: list[Node | Inside] = []
        for node in structs:
            found: list[Node | Inside] | None
            var = node.var if isinstance(node, Use | Entry) else node
            if isinstance(node, Composite) and isinstance(t.underlying(node.type), t.Struct):
                found = _given(node, field)
            elif node in seen or not isinstance(var, Local) or not self._is_kept(var, field):
                return None
            else:
                found = [Inside(var, field)] if var.role in ("param", "recv") and not isinstance(node, Use) else []
                if not isinstance(node, Entry):
                    stores = reaching(node, var) if isinstance(node, Use) else var.unit.stores.get(var, ())
                    before = [source for source, _ in stores if source is not None]
                    inside = self._in_fields(before, field, (*seen, node))
                    found = None if inside is None else [*found, *inside]
            if found is None:
                return None
            out += found
        return out

    def _is_kept(self, var: Local, field: FieldNode) -> bool:
        """Whether a variable holds a struct whose field the unit sets by literals alone, and nothing else can."""
        unit, nodes = var.unit, self.solver.xref.nodes
        if var.address_taken or not isinstance(t.underlying(var.type), t.Struct) or nodes.fields_like(field):
            return False
        literals = {value for e in unit.expressions if isinstance(e, Composite) for value in e.values}
        # What lets go of a value by ``nil`` hands in nothing.
        stored = (source for source, _ in unit.stores.get(field, ()) if source is not None or unit.fault)
        if field in unit.address_taken or any(source not in literals for source in stored):
            return False
        return not any(
            site.func is not None
            and site.func.pointer
            and isinstance(at := site.receiver or site.recv, Use)
            and at.var is var
            for site in unit.sites
        )

    def _may_hold(self, node: Node, value: Carried) -> bool:
        return _is_container(node.type) or self._holds(node, value)

    def _holds(self, node: Node, value: Carried) -> bool:
        """Whether a value reaches a node, or something that is not known does."""
        values, functions = self.solver.values, _is_function(value)
        mask = values.of(node, functions=functions)
        if mask is None:
            mask = self.solver.answer(node, self.dispatcher.query(), functions=functions)[0].mask
        if mask & values.unknown:
            return True
        if not isinstance(value, t.Type):
            return bool(mask & values.kin(values.bit(value)))
        return any(typ is not None and t.identical(typ, value) for typ in map(values.type_of, bits(mask)))

    def _arguments(self, site: Site, var: Local) -> list[Node] | None:
        """What a call passes for a parameter or receiver; None where that is not known."""
        owner = var.owner
        if owner is None:
            return None
        first = first_argument(site, owner, self.hierarchy)
        if var.role == "recv":
            node = site.receiver if site.selection is not None else site.args[0] if first and site.args else None
            return None if node is None else [node]
        sig = self.hierarchy.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
        at = var.index + first
        if len(site.args) == 1 and site.args[0] is not None and isinstance(site.args[0].type, t.Tuple):
            return [self.solver.xref.nodes.component(site.args[0], at)]
        several = sig.variadic and var.index == len(sig.params) - 1 and not site.spread
        passed = site.args[at:] if several else site.args[at : at + 1]
        # What is no node of a unit that was checked is nil or a number, and nothing that could be called.
        if any(site.unit.fault if arg is None else t.is_unknown(arg.type) for arg in passed):
            return None
        return [arg for arg in passed if arg is not None] if passed or several else None


def _given(literal: Composite, field: FieldNode) -> list[Node | Inside] | None:
    """What a literal gives a field; nothing where it leaves that out."""
    assert literal.fields is not None
    under = t.underlying(literal.type)
    names = [f.name for f in under.fields] if isinstance(under, t.Struct) else []
    if field.field.name not in names:
        return None
    at = names.index(field.field.name)
    values = [
        value
        for i, (name, value) in enumerate(zip(literal.fields, literal.values, strict=True))
        if name == field.field.name or (not name and i == at)
    ]
    return [value for value in values if value is not None]


_Point = tuple[Node, tuple[Site, ...]]
"""A node, and the calls by which the code that it stands in was entered from the code around, the outermost first."""


def _is_function(value: Carried) -> bool:
    return not isinstance(value, t.Type)


def _is_container(typ: t.Type) -> bool:
    return isinstance(t.core(typ), t.Slice | t.Array | t.Map | t.Chan)
