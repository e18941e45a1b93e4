"""The nodes that the units of one program share, each made once."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.summary.nodes import (
    Caused,
    Component,
    Element,
    Expression,
    FieldNode,
    Function,
    Given,
    Global,
    Holder,
    Key,
    Literal,
    Node,
    Panics,
    Part,
    Place,
    Pointee,
    Reflected,
    Result,
    Unboxed,
)


class Nodes:
    """The nodes that the units of one program share, each made once.

    ``type_of`` gives the type of a package variable, ``signature_of`` that of a declared function.
    """

    __slots__ = (
        "_fields",
        "_functions",
        "_given",
        "_globals",
        "_parts",
        "_results",
        "_unboxed",
        "panics",
        "signature_of",
        "type_of",
    )

    def __init__(self, type_of: Callable[[t.Var], t.Type], signature_of: Callable[[t.Func], t.Signature]) -> None:
        self.type_of = type_of
        self.signature_of = signature_of
        self.panics = Panics(t.EMPTY_INTERFACE)
        self._globals: dict[t.Var, Global] = {}
        self._fields: dict[t.Field, dict[t.Type, FieldNode]] = {}
        self._given: dict[tuple[Node, t.Type], Given] = {}
        self._functions: dict[t.Func, Function] = {}
        self._results: dict[tuple[t.Func | Literal, int], Result] = {}
        self._parts: dict[tuple[type[Part] | int, Node], Part | Component] = {}
        self._unboxed: dict[tuple[Node, t.Type, bool], Unboxed] = {}

    def variable(self, var: t.Var, typ: t.Type | None = None) -> Global:
        """The node of a package variable, whose type may be at hand."""
        found = self._globals.get(var)
        if found is None:
            found = self._globals[var] = Global(typ or self.type_of(var), var)
        return found

    def field(self, f: t.Field) -> FieldNode:
        """The node of a field: of the declared one, or of an instance of its struct."""
        declared = f.declared
        typ = declared.type
        if f is not declared and f.type is not typ and not t.has_type_params(f.type):
            typ = f.type
        return self.field_of(declared, typ)

    def field_of(self, declared: t.Field, typ: t.Type) -> FieldNode:
        """The node of a declared field where its type is ``typ``."""
        found = self._fields.setdefault(declared, {})
        return found.get(typ) or found.setdefault(typ, FieldNode(typ, declared))

    def fields_like(self, node: FieldNode) -> list[FieldNode]:
        """The other nodes of a field that may be of the same instance, of what was made so far."""
        found = self._fields[node.field]
        if len(found) == 1:
            return []
        return [x for typ, x in found.items() if x is not node and t.identical(typ, node.type)]

    def moved(self, node: Node, root: Node) -> Node:
        """The node that is the same part of another root."""
        return self.part(type(node), self.moved(node.whole, root)) if isinstance(node, Part) else root

    def given(self, whole: Node, typ: t.Type) -> Given:
        """The node of a value as one of a type."""
        return self._given.get((whole, typ)) or self._given.setdefault((whole, typ), Given(typ, whole))

    def function(self, func: t.Func) -> Function:
        """The node of a declared function as a value."""
        found = self._functions.get(func)
        if found is None:
            found = self._functions[func] = Function(self.signature_of(func), func)
        return found

    def result(self, owner: t.Func | Literal, index: int, typ: t.Type | None = None) -> Result:
        """The node of what a function returns at an index, whose type may be at hand."""
        found = self._results.get((owner, index))
        if found is None:
            if typ is None:
                sig = self.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
                typ = sig.results[index] if index < len(sig.results) else t.UNKNOWN
            found = self._results[owner, index] = Result(typ, owner, index)
        return found

    def component(self, call: Expression, index: int) -> Component:
        """The node of one of a call's results."""
        found = self._parts.get((index, call))
        if found is None:
            found = self._parts[index, call] = Component(t.component(call.type, index), call, index)
        assert isinstance(found, Component)
        return found

    def part(self, kind: type[Part], whole: Node) -> Part:
        """The node of a part of another node's values."""
        found = self._parts.get((kind, whole))
        if found is None:
            found = self._parts[kind, whole] = kind(_part_type(kind, whole.type), whole)
        assert isinstance(found, Part)
        return found

    def element(self, whole: Node) -> Part:
        return self.part(Element, whole)

    def key(self, whole: Node) -> Part:
        return self.part(Key, whole)

    def pointee(self, whole: Node) -> Part:
        return self.part(Pointee, whole)

    def holder(self, whole: Node) -> Part:
        return self.part(Holder, whole)

    def unboxed(self, whole: Node, typ: t.Type, *, receiver: bool) -> Unboxed:
        """The node of what comes out of a node of an interface type as a value of another."""
        return self._unboxed.setdefault((whole, typ, receiver), Unboxed(typ, whole, receiver))


def _part_type(kind: type[Part], whole: t.Type) -> t.Type:
    if kind is Holder:
        return whole
    if kind is Reflected or kind is Place or kind is Caused:
        return t.EMPTY_INTERFACE
    if kind is Pointee:
        return t.deref(whole)
    under = t.core(t.deref(whole))
    if kind is Key:
        return under.key if isinstance(under, t.Map) else t.UNKNOWN
    return under.elem if isinstance(under, t.Slice | t.Array | t.Map | t.Chan) else t.UNKNOWN
