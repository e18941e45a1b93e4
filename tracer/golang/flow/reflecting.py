"""Who may call a method by reflection: a package that gives values of its type to package reflect and calls what it gets there.

``text/template`` and ``net/rpc`` do so; which method is meant is a text that only the running program knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, Query
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.values import bits
from tracer.golang.load.package import Package, Unit
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import Site

_CALLS = ("Call", "CallSlice")


def reflecting(func: t.Func, solver: Solver, candidates: Candidates, budget: int | None) -> Iterator[tuple[Site, Site]]:
    """The calls by which a package may call a method, each with the call that gives package reflect a value that has it."""
    if func.recv is None or not t.exported(func.name):
        return
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
                calling[at] = list(_calls_in(solver.xref, at))
    for site in given:
        calls = calling[site.unit.file.package]
        if calls and _has(solver, site, func, budget):
            yield calls[0], site


def _calls_in(xref: CrossReferences, package: Package) -> Iterator[Site]:
    """The calls of functions that package reflect gave to a package."""
    units: dict[Unit, None] = {}
    for file in package.files if any("reflect" in file.import_paths for file in package.files) else ():
        for name in _CALLS:
            needle, at = f".{name}(".encode(), -1
            while (at := file.source.find(needle, at + 1)) >= 0:
                declaration = file.declaration_at(at)
                if declaration is not None and declaration.kind in ("func", "method"):
                    units[file.unit(declaration)] = None
    for unit in units:
        for site in xref.unit(unit).sites:
            func = site.func
            if (
                func is not None
                and func.name in _CALLS
                and func.recv is not None
                and func.recv.full_name == "reflect.Value"
            ):
                yield site


def _has(solver: Solver, site: Site, func: t.Func, budget: int | None) -> bool:
    """Whether a value whose method ``func`` is comes to a call's argument."""
    argument = site.args[0] if site.args else None
    if argument is None:
        return False
    state, _ = solver.answer(argument, Query(budget), functions=False)
    for value in bits(state.mask & ~solver.values.unknown):
        typ = solver.values.type_of(value)
        base = t.deref(typ) if typ is not None else None
        if isinstance(base, t.Named) and base.obj is func.recv:
            return True
    return False
