"""Which values implement an interface, and of which that is not known."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.outside import made_of_unknown
from tracer.golang.flow.values import Values, bits


class Fitting:
    """The values of one program by the interfaces that they implement; each is decided once."""

    __slots__ = ("_decided", "_open", "_seen", "hierarchy", "values")

    def __init__(self, values: Values, hierarchy: ClassHierarchy) -> None:
        self.values = values
        self.hierarchy = hierarchy
        self._decided: dict[t.Type, tuple[int, int]] = {}
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
        return out
