"""Who may call a method by reflection: a package that gives values of its type to package reflect and calls what it gets there.

``text/template`` and ``net/rpc`` do so; which method is meant is a text that only the running program knows. What takes values apart as well,
as templates do, may call the methods of what is in them, and of what their methods and functions return.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import Query
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.outside import CALLING, calls_in
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.values import Held, bits
from tracer.golang.load.package import Package
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import Literal, Node, Site

# How a method is taken, of a value or of a type.
_TAKING = (b".Method(", b".MethodByName(", b".Methods(")
_APART = ("Field", "FieldByIndex", "FieldByIndexErr", "FieldByName", "Index", "MapIndex", "MapRange")
_MOST_TYPES = 2000
"""How many types that lie in one another are looked through."""


@dataclass(frozen=True, slots=True, eq=False)
class Giving:
    """A call that gives a value to package reflect, in a package that calls methods which it takes there.

    ``types`` are those whose methods may be called; ``bounded`` is why not all of them are known, if so.
    """

    call: Site
    site: Site
    types: frozenset[t.TypeName]
    bounded: Message | None


def givings(solver: Solver, candidates: Candidates, hierarchy: ClassHierarchy, query: Query) -> Iterator[Giving]:
    """The calls of a program that give values to package reflect whose methods may be called; one question for all of them."""
    resolver = candidates.resolver
    package = resolver.program.package("reflect")
    value_of = resolver.lookup(package, "ValueOf") if package is not None else None
    if package is None or not isinstance(value_of, t.Func):
        return
    with solver.asking(Query()):
        solver.xref.look_at(candidates.users_of_func, value_of)
        given = list(solver.xref.static_calls.get(value_of, ()))
        calling: dict[Package, list[Site]] = {package: []}
        for site in given:
            at = site.unit.file.package
            if at not in calling:
                calling[at] = list(calls_in(solver.xref, at, CALLING)) if _takes(at) else []
        apart = {at for at, calls in calling.items() if calls and any(True for _ in calls_in(solver.xref, at, _APART))}
    for site in given:
        at = site.unit.file.package
        if calling[at]:
            inside = _Inside(solver, hierarchy, query, apart=at in apart)
            types = inside.of(site)
            yield Giving(calling[at][0], site, frozenset(types), inside.bounded)


def _takes(package: Package) -> bool:
    """Whether methods of values or types may be taken by reflection in a package."""
    return any(taking in file.source for file in package.files for taking in _TAKING)


class _Inside:
    """The declared types of the values that one call gives to package reflect; with ``apart`` of what lies in them as well.

    What lies there as an interface is not looked into.
    """

    def __init__(self, solver: Solver, hierarchy: ClassHierarchy, query: Query, *, apart: bool) -> None:
        self.solver = solver
        self.hierarchy = hierarchy
        self.query = query
        self.bounded: Message | None = None
        self.apart = apart
        self.types: dict[t.Type, None] = {}
        self.nodes: dict[Node, None] = {}

    def of(self, site: Site) -> set[t.TypeName]:
        """The types of what a call's argument may be."""
        argument = site.args[0] if site.args else None
        if argument is not None:
            self._node(argument)
        todo = list(self.types) if self.apart else []
        while todo and len(self.types) < _MOST_TYPES:
            before = len(self.types)
            self._parts(todo.pop())
            todo += list(self.types)[before:]
        return {base.obj for typ in self.types if isinstance(base := t.deref(typ), t.Named)}

    def _node(self, node: Node) -> None:
        if node in self.nodes:
            return
        self.nodes[node] = None
        values = self.solver.values
        state, bounded = self.solver.answer(node, self.query, functions=False)
        self.bounded = self.bounded or bounded
        for value in bits(state.mask & ~values.unknown):
            known, typ = values.known[value], values.type_of(value)
            if typ is not None:
                self.types[typ] = None
            if self.apart and isinstance(known, Held) and not isinstance(t.core(known.type), t.Pointer):
                self._node(self.solver.xref.nodes.element(known.node))
        if self.apart:
            state, bounded = self.solver.answer(node, self.query, functions=True)
            self.bounded = self.bounded or bounded
            for value in bits(state.mask & ~values.unknown):
                self._results(values.owner(value))

    def _results(self, owner: t.Func | Literal) -> None:
        sig = self.hierarchy.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
        self.types.update(dict.fromkeys(sig.results))

    def _parts(self, typ: t.Type) -> None:
        base = t.deref(typ)
        if isinstance(base, t.Named):
            for func in base.obj.methods():
                if t.exported(func.name):
                    self._results(func)
        under = t.underlying(base)
        if isinstance(under, t.Struct):
            self.types.update(dict.fromkeys(f.type for f in under.fields if t.exported(f.name) or f.embedded))
        elif isinstance(under, t.Slice | t.Array | t.Map | t.Pointer | t.Chan):
            self.types[under.elem] = None
