"""What a call hands in by a parameter, as far as its constants go: which of what code asks of it (``guarded``) may be so.

A value is followed inside of the code that makes the call, and through the results of functions that it calls by name. A field is
one of a struct that is held by value, to which nothing is stored but by literals; where its address is taken, the pointer is followed
to all that it is handed to. What is not known may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from tracer.golang import types as t
from tracer.golang.flow.arguments import first_argument
from tracer.golang.guarded import NIL, Exact, Guarded, Holds, changes_itself, is_operated, is_set_by_literals, pointing
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import (
    AddressOf,
    CallValue,
    Closure,
    Component,
    Composite,
    Constant,
    FieldNode,
    FunctionUse,
    Load,
    Local,
    Node,
    Opaque,
    Site,
    UnitSummary,
    Use,
)

MAX_CALLS = 3
"""Through the results of how many calls inside of one another a value is followed."""
MAX_NAMES = 200
"""How many names of one pointer are looked at."""


class Open(Enum):
    """What a value is of which nothing exact is known: anything, or anything but ``nil``."""

    ANYTHING = "anything"
    NOT_NIL = "not nil"


@dataclass(frozen=True, slots=True)
class Held:
    """What a parameter holds, or a field of it."""

    var: Local
    field: FieldNode | None


@dataclass(frozen=True, slots=True)
class Is:
    """A constant, or ``nil``."""

    value: Exact


Value = Is | Held | Open
_ANYTHING = Open.ANYTHING
_Calls = tuple[Site, ...]


@dataclass(slots=True, eq=False)
class Known:
    """What the calls of one program hand in."""

    analysis: Analysis
    guarded: Guarded
    _fixed: dict[FieldNode, bool] = field(default_factory=dict[FieldNode, bool])
    _overwritten: dict[Local, bool] = field(default_factory=dict[Local, bool])

    def before(self, site: Site, asked: Holds) -> list[Holds] | None:
        """What must be so where a call is made, for what is asked of a parameter of what it calls to be so: one of these.

        Nothing where it may be so anyway; None where it is not.
        """
        out: dict[Holds, None] = {}
        for value in self._passed(site, asked.var, asked.field, ()):
            match value:
                case Is(value=exact):
                    if asked.allows(exact):
                        return []
                case Held(var=var, field=None) if not asked.allows_others and self.guarded.is_dereferenced(site, var):
                    pass
                case Held(var=var, field=inside):
                    out[replace(asked, var=var, field=inside)] = None
                case Open.NOT_NIL:
                    if asked.allows_others:
                        return []
                case Open.ANYTHING:
                    return []
        return list(out) or None

    def _passed(self, site: Site, var: Local, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a call passes for a parameter or receiver; or in a field of that."""
        owner = var.owner
        if owner is None or site.unit.fault or site.unit.file.package.is_std:
            yield _ANYTHING
            return
        first = first_argument(site, owner, self.analysis.hierarchy)
        sig = self.analysis.checker.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
        at = var.index + first
        if var.role == t.Role.RECV:
            node = site.recv if site.kind is t.CallKind.STATIC and site.recv is site.receiver and not first else None
            if node is None or not t.identical(node.type, var.type):
                yield _ANYTHING
            else:
                yield from self._values(node, var.type, inside, calls)
        elif len(site.args) == 1 and site.args[0] is not None and isinstance(site.args[0].type, t.Tuple):
            yield _ANYTHING
        elif sig.variadic and var.index == len(sig.params) - 1 and not site.spread:
            # Go spec, "Passing arguments to ... parameters".
            yield Open.NOT_NIL if site.args[at:] else Is(NIL)
        elif at >= len(site.args):
            yield _ANYTHING
        elif (arg := site.args[at]) is not None:
            yield from self._values(arg, var.type, inside, calls)
        else:
            yield Is(NIL) if self.guarded.is_nil(site, at) else _ANYTHING

    def _values(self, node: Node, typ: t.Type, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a node may be as a value of a type, or a field of it."""
        if t.is_unknown(node.type) or isinstance(node.type, t.TypeParam):
            yield _ANYTHING
        elif t.is_interface(typ) and not t.is_interface(node.type):
            # Go FAQ, "Why is my nil error value not equal to nil?".
            yield Open.NOT_NIL
        elif inside is not None:
            yield from self._in_field(node, inside, calls)
        else:
            yield from self._exact(node, calls)

    def _exact(self, node: Node, calls: _Calls) -> Iterator[Value]:
        match node:
            case Constant(value=value):
                yield Is(value)
            case Opaque(unit=unit, index=index):
                value = self.guarded.constant(unit, index)
                yield _ANYTHING if value is None else Is(value)
            case AddressOf() | Closure() | FunctionUse():
                yield Open.NOT_NIL
            case Composite() if isinstance(t.core(node.type), t.Pointer | t.Slice | t.Map):
                yield Open.NOT_NIL
            case _:
                yield from self._made_elsewhere(node, None, calls)

    def _in_field(self, node: Node, inside: FieldNode, calls: _Calls) -> Iterator[Value]:
        match node:
            case Composite() if isinstance(t.underlying(node.type), t.Struct):
                yield from self._given(node, inside, calls)
            case _:
                yield from self._made_elsewhere(node, inside, calls)

    def _made_elsewhere(self, node: Node, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a variable or a call gives; or a field of that."""
        match node:
            case Use(var=Local() as var):
                yield from self._variable(node, var, inside, calls)
            case CallValue(site=site):
                yield from self._returned(site, 0, inside, calls)
            case Component(call=CallValue(site=site), index=index):
                yield from self._returned(site, index, inside, calls)
            case _:
                yield _ANYTHING

    def _given(self, literal: Composite, inside: FieldNode, calls: _Calls) -> Iterator[Value]:
        """What a literal gives a field."""
        under = t.underlying(literal.type)
        names = [f.name for f in under.fields] if isinstance(under, t.Struct) else []
        if literal.fields is None or inside.field.name not in names:
            yield _ANYTHING
            return
        at = names.index(inside.field.name)
        given = [i for i, name in enumerate(literal.fields) if name == inside.field.name or (not name and i == at)]
        if not given:
            yield _zero(inside.type)
        elif (value := literal.values[given[0]]) is not None:
            yield from self._values(value, inside.type, None, calls)
        else:
            yield _ANYTHING

    def _variable(self, use: Use, var: Local, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a variable holds where it is used."""
        unit = var.unit
        kept = not is_operated(unit, var.name) if inside is None else is_set_by_literals(unit, inside)
        pointed = var.address_taken or pointing(var)
        if var.captured or changes_itself(var.type) or not kept or (pointed and not self._is_kept(var, inside)):
            yield _ANYTHING
            return
        stores = unit.stores.get(var, ())
        if var.role in (t.Role.PARAM, t.Role.RECV) and not stores:
            yield from self._held(var, inside, calls)
        elif use.since < 0 and not self._begins_with_a_value(var):
            yield _ANYTHING
        else:
            for source, _ in stores[max(use.since, 0) : use.until]:
                if source is None:
                    yield _ANYTHING
                else:
                    yield from self._values(source, var.type, inside, calls)

    def _begins_with_a_value(self, var: Local) -> bool:
        stores = var.unit.stores.get(var, ())
        return bool(stores) and self.guarded.is_declared_with(var.unit, stores[0][1])

    def _held(self, var: Local, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a parameter holds: of a function that a value comes out of, what is passed to it."""
        if not calls:
            yield Held(var, inside)
        elif calls[-1].func is var.owner:
            yield from self._passed(calls[-1], var, inside, calls[:-1])
        else:
            yield _ANYTHING

    def _returned(self, site: Site, index: int, inside: FieldNode | None, calls: _Calls) -> Iterator[Value]:
        """What a call of a function by its name gives back."""
        func = site.func
        if func is None or site.kind is not t.CallKind.STATIC or func.package.is_std or len(calls) >= MAX_CALLS:
            yield _ANYTHING
            return
        unit = self.analysis.unit_of(func)
        stores = unit.stores.get(self.analysis.nodes.result(func, index), ())
        if (
            not stores
            or unit.fault
            or func.tparams
            or any(x.func is func for x in calls)
            or _may_return_otherwise(unit, func)
        ):
            yield _ANYTHING
            return
        result = self.analysis.checker.signature_of(func).results[index]
        for source, _ in stores:
            if source is None:
                yield _ANYTHING
            else:
                yield from self._values(source, result, inside, (*calls, site))

    # Fields of what has its address taken

    def _is_kept(self, var: Local, inside: FieldNode | None) -> bool:
        """Whether a field of a variable is what the code around stores there, whatever the pointers to the variable are used for."""
        if inside is None or not isinstance(var.type, t.Named) or var.type.targs:
            return False
        return self._is_fixed(inside) and not self._is_overwritten(var)

    def _is_fixed(self, inside: FieldNode) -> bool:
        """Whether all code sets a field by literals of its struct alone."""
        found = self._fixed.get(inside)
        if found is None:
            analysis = self.analysis
            units = map(analysis.unit, analysis.candidates.writers_of_field(inside.field))
            found = self._fixed[inside] = (
                not self._is_counted(inside.field)
                and not analysis.nodes.fields_like(inside)
                and all(not unit.fault and is_set_by_literals(unit, inside) for unit in units)
            )
        return found

    def _is_counted(self, of: t.Field) -> bool:
        """Whether a field may be changed by ``x.f++`` or the like, which is no store of a value."""
        pattern = re.compile(rb"\.\s*%s[\s)]*(?:\+\+|--|(?:[-+*/%%&|^]|<<|>>|&\^)=)" % re.escape(of.name.encode()))
        package = None if t.exported(of.name) else of.package
        return any(self.analysis.text.search(pattern, lambda file: package in (None, file.package)))

    def _is_overwritten(self, var: Local) -> bool:
        """Whether the whole of a variable may be stored by a pointer to it."""
        found = self._overwritten.get(var)
        if found is None:
            # Not known yet where it comes back to itself.
            self._overwritten[var] = True
            found = self._overwritten[var] = _Pointers(self.analysis, var).may_store()
        return found


@dataclass(slots=True, eq=False)
class _Pointers:
    """Where pointers to one variable go, from one to the next."""

    analysis: Analysis
    var: Local
    _seen: dict[Node, None] = field(default_factory=dict[Node, None])

    def may_store(self) -> bool:
        """Whether something may be stored by one of them that is not one of the variable's fields."""
        waiting: list[Node] = [*self.var.address_taken, *pointing(self.var)]
        pointer = t.pointer(self.var.type)
        while waiting:
            node = waiting.pop()
            if node in self._seen:
                continue
            self._seen[node] = None
            is_it = isinstance(node, Use) and node.var is self.var
            if not is_it and not t.identical(node.type, pointer):
                return True
            if len(self._seen) > MAX_NAMES or not isinstance(node, Use | Local | AddressOf) or self._is_lost(node):
                return True
            # The variable as it stands there is a pointer for the method that is called on it, and nothing else.
            following = self._receivers(node) if is_it else self.analysis.flow_in(node.unit).following_if_known(node)
            if following is None:
                return True
            waiting += (x for x in following if not self._is_copy(x))
        return False

    def _is_copy(self, node: Node) -> bool:
        """Whether a node holds what a pointer leads to, and not the pointer."""
        is_receiver = isinstance(node, Local) and node.role == t.Role.RECV
        return isinstance(node, Load) or (is_receiver and t.identical(node.type, self.var.type))

    def _receivers(self, node: Node) -> list[Node] | None:
        """The receivers that a variable is handed to as a pointer; None where not all are known."""
        assert isinstance(node, Use)
        uses = self.analysis.flow_in(node.unit).uses_of(node.unit)
        if node in uses.bound or node in uses.bound_in_interface:
            return None
        out: list[Node] = []
        for site in uses.receivers.get(node, ()):
            if site.func is None or site.func.package.is_std or site.receiver is not node:
                return None
            if site.func.pointer:
                receiver = self.analysis.unit_of(site.func).receiver
                if receiver is None:
                    continue
                out.append(receiver)
        return out

    def _is_lost(self, node: Use | Local | AddressOf) -> bool:
        """Whether a pointer is stored by, or goes to what is not known."""
        flow = self.analysis.flow_in(node.unit)
        uses = flow.uses_of(node.unit)
        if uses.parts.get(node) or (isinstance(node, Local) and (node.address_taken or node.captured)):
            return True
        if isinstance(node, Local):
            return bool(node.unit.fault)
        for site, _ in uses.arguments.get(node, ()):
            if site.literal is None and (site.func is None or site.func.package.is_std):
                if site.kind is t.CallKind.UNKNOWN or site.func is not None or flow.dispatch(site).bounded is not None:
                    return True
        if any(site.func is None for site in uses.receivers.get(node, ())):
            return True
        return any(not isinstance(x, Use | Local | Load) for x in uses.outgoing.get(node, ())) or node in uses.bound


def _zero(typ: t.Type) -> Value:
    """The zero value of a type (Go spec, "The zero value")."""
    under = t.underlying(typ)
    if isinstance(under, t.Pointer | t.Slice | t.Map | t.Chan | t.Signature | t.Interface):
        return Is(NIL) if not isinstance(typ, t.TypeParam) else _ANYTHING
    if under is t.BASICS["string"]:
        return Is("")
    if under is t.BASICS["bool"]:
        return Is(value=False)
    if isinstance(under, t.Basic) and under.name in _INTEGERS:
        return Is(0)
    return _ANYTHING


_INTEGERS = frozenset(
    ("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr")
)


def _may_return_otherwise(unit: UnitSummary, func: t.Func) -> bool:
    """Whether a function may give back what none of its returns says: by a result with a name, or after a panic."""
    if any(isinstance(node, Local) and node.role == t.Role.RESULT and node.owner is func for node in unit.stores):
        return True
    return any(site.modifier == "defer" and site.caller is func for site in unit.sites)
