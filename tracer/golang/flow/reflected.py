"""Methods that reflection calls by their names: ``reflect.ValueOf(x).MethodByName("Hello").Call(…)``, and all of them with ``Method(i)``.

A call whose ``reflect.Value`` comes from elsewhere than ``reflect.ValueOf`` in the same function is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.outside import Leak
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import State
from tracer.golang.flow.values import bits
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import CallValue, Constant, Expression, Local, Node, Site, Use

_TAKING = ("Method", "MethodByName")


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A place where methods of what ``value`` holds are taken: that of a ``name``, or any."""

    site: Site
    value: Node
    name: str | None


class Reflected:
    """The methods of one program that are taken from reflected values."""

    __slots__ = ("_taken", "candidates", "hierarchy", "solver")

    def __init__(self, solver: Solver, candidates: Candidates, hierarchy: ClassHierarchy) -> None:
        self.solver = solver
        self.candidates = candidates
        self.hierarchy = hierarchy
        self._taken: list[_Taken] | None = None

    def calls(self, func: t.Func, state: State, found: Callable[[Leak], object]) -> None:
        """Tells where a method may be taken by reflection; ``state`` depends on it. Raises OverBudget."""
        if func.recv is None or func.package.is_std or not t.exported(func.name):
            return
        if self._taken is None:
            self._taken = list(self._find())
        for taken in self._taken:
            if taken.name in (None, func.name):
                self._watch(func, taken, state, found)

    def _watch(self, func: t.Func, taken: _Taken, state: State, found: Callable[[Leak], object]) -> None:
        watched = self.solver.state(taken.value, functions=False)
        state.need(watched)
        assert taken.site.func is not None
        leak = Leak(f"reflect.Value.{taken.site.func.name}", taken.site.unit, taken.site.pos, reflected=True)

        def tell(mask: int) -> None:
            for value in bits(mask):
                base = t.deref(self.solver.values.type_of(value) or t.UNKNOWN)
                if isinstance(base, t.Named) and base.obj is func.recv:
                    found(leak)

        self.solver.follow(watched, tell)

    def _find(self) -> Iterator[_Taken]:
        xref = self.solver.xref
        for func in self.hierarchy.methods_of("reflect", "Value", _TAKING):
            xref.look_at(self.candidates.users_by_reflection, func)
            for site in xref.static_calls.get(func, ()):
                value = None if site.unit.file.package.is_std else _reflected(site.recv)
                if value is not None and site.args:
                    name = site.args[0]
                    yield _Taken(site, value, str(name.value) if isinstance(name, Constant) else None)


def _reflected(value: Expression | None) -> Node | None:
    """What a reflected value was made of, in the same function."""
    seen = set[Local]()
    while True:
        if isinstance(value, Use) and isinstance(value.var, Local):
            # One that is made of itself, ``v = v.Elem()``, came from elsewhere.
            if value.var in seen:
                return None
            seen.add(value.var)
            stores = value.var.unit.stores.get(value.var, ())
            made = stores[0][0] if len(stores) == 1 else None
            value = made if isinstance(made, Expression) else None
        if not isinstance(value, CallValue) or value.site.func is None:
            return None
        if value.site.func.full_name == "reflect.ValueOf":
            return value.site.args[0] if value.site.args else None
        if value.site.func.name not in ("Elem", "Addr") or value.site.func.package.path != "reflect":
            return None
        value = value.site.recv
