"""Receivers that lie in a struct: a method that a struct has by an embedded field is called on what this holds
(Go spec, "Struct types", promoted methods, and "Method sets")."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.fitting import Fitting
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import State
from tracer.golang.flow.values import bits
from tracer.golang.summary.nodes import FieldNode, Node


class Promoted:
    """The embedded fields of one program that methods are called by through interfaces."""

    __slots__ = ("fitting", "hierarchy", "solver")

    def __init__(self, solver: Solver, hierarchy: ClassHierarchy, fitting: Fitting) -> None:
        self.solver = solver
        self.hierarchy = hierarchy
        self.fitting = fitting

    def fields(
        self,
        node: Node,
        iface: t.Type,
        func: t.Func,
        state: State,
        found: Callable[[FieldNode], object],
        seen: set[Node] | None = None,
    ) -> None:
        """Tells of the fields that hold the receivers where ``func`` is called on a value of an interface; ``state`` depends on it."""
        seen = set() if seen is None else seen
        if node in seen:
            return
        seen.add(node)
        watched = self.solver.state(node, functions=False)
        state.need(watched)
        values = self.solver.values

        def tell(mask: int) -> None:
            for value in bits(self.fitting.known(mask & ~values.unknown, iface)):
                typ = values.type_of(value)
                selection = self.hierarchy.method(typ, func.name) if typ is not None else None
                if selection is None or not selection.path or selection.func not in (func, None):
                    continue
                inner = self.solver.xref.nodes.field(selection.path[-1])
                found(inner)
                if selection.func is None:
                    self.fields(inner, selection.recv, func, state, found, seen)

        self.solver.follow(watched, self.solver.kept(state, tell))
