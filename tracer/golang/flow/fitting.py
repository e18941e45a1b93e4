"""Which values implement an interface, and of which that is not known; which functions are of a type."""

from __future__ import annotations

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.outside import made_of_unknown
from tracer.golang.flow.values import Boxed, Unknown, Value, Values, bits
from tracer.golang.summary.nodes import Literal, Node


def _given_up(typ: t.Type | None) -> str:
    """A file that is given up and may declare methods of a type, "" if there is none."""
    named = t.deref(typ) if typ is not None else None
    if not isinstance(named, t.Named) or named.obj.package is None:
        return ""
    word = named.obj.name.encode()
    return next((file.path for file in named.obj.package.files if file.is_given_up and word in file.source), "")


class Fitting:
    """The values of one program by the interfaces that they implement, and its functions by their types; each is decided once."""

    __slots__ = ("_called", "_decided", "_generic", "_open", "_seen", "hierarchy", "values")

    def __init__(self, values: Values, hierarchy: ClassHierarchy) -> None:
        self.values = values
        self.hierarchy = hierarchy
        self._decided: dict[t.Type, tuple[int, int]] = {}
        self._called: dict[t.Type, tuple[int, int]] = {}
        self._generic: dict[t.Type, bool] = {}
        # The values of types that may have more methods than is known, of the first ``_seen`` ones.
        self._open = 0
        self._seen = 0

    def known(self, mask: int, iface: t.Type) -> int:
        """The values of ``mask`` that implement an interface."""
        decided, fitting = self._decided.get(iface, (0, 0))
        under = t.underlying(iface)
        for value in bits(mask & ~decided):
            typ = self.values.type_of(value)
            if not isinstance(under, t.Interface) or (typ is not None and self.hierarchy.implements(typ, under)):
                fitting |= 1 << value
        self._decided[iface] = (decided | mask, fitting)
        return fitting & mask

    def unknown(self, mask: int, iface: t.Type) -> int:
        """The values of ``mask`` that are not known, and such for those of which it is not known whether they implement it."""
        out = mask & self.values.unknown
        for value in range(self._seen, len(self.values.known)):
            typ = self.values.type_of(value)
            if typ is not None and self.hierarchy.may_have_more(typ):
                self._open |= 1 << value
        self._seen = len(self.values.known)
        partly = mask & self._open
        for value in bits(partly & ~self.known(partly, iface)) if partly else ():
            typ = self.values.type_of(value)
            assert typ is not None
            out |= self.values.bit(made_of_unknown(typ))
        # What has not all methods was looked for in all files that may declare one.
        for value in bits(mask & ~self.known(mask, iface) & ~self.values.unknown):
            path = _given_up(self.values.type_of(value))
            if path:
                out |= self.values.bit(Unknown(Message(Gap.NOT_READ, (path,)), None))
        return out

    def is_generic(self, node: Node) -> bool:
        """Whether a node's values may be of another type in each instance of the code that it stands in."""
        found = self._generic.get(node.type)
        if found is None:
            found = self._generic[node.type] = t.has_type_params(node.type)
        return found

    def called_as(self, mask: int, typ: t.Type) -> int:
        """The functions of ``mask`` that may be a value of a function type, and all that is not known."""
        decided, called = self._called.get(typ, (0, 0))
        signature = t.core(typ)
        for value in bits(mask & ~decided):
            if not isinstance(signature, t.Signature) or self._is_of(self.values.bare(value), signature):
                called |= 1 << value
        self._called[typ] = (decided | mask, called)
        return called & mask

    def _is_of(self, value: Value, signature: t.Signature) -> bool:
        """A method may be a value with its receiver before its parameters (Go spec, "Method expressions")."""
        if isinstance(value, Boxed):
            return t.identical(t.core(value.type), signature)
        if isinstance(value, Literal):
            return t.identical(value.signature, signature)
        if not isinstance(value, t.Func):
            return True
        own = self.hierarchy.signature_of(value)
        if value.recv is not None and len(signature.params) == len(own.params) + 1:
            signature = t.Signature(signature.params[1:], signature.results, signature.variadic)
        return t.identical(own, signature)
