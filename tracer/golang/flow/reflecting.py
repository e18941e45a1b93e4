"""Who may call a method by reflection: a package that gives values of its type to package reflect, takes methods there and calls them.

``text/template`` and ``net/rpc`` do so; which method is meant is a text that only the running program knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, Query
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import State
from tracer.golang.flow.values import bits
from tracer.golang.load.package import Package, Unit
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import Site

_CALLS = ("Call", "CallSlice")
# How a method is taken, of a value or of a type.
_TAKING = (b".Method(", b".MethodByName(", b".Methods(")


@dataclass(frozen=True, slots=True, eq=False)
class Giving:
    """A call that gives a value to package reflect, in a package that calls methods which it takes there, and what may be given.

    ``bounded`` is why that is not all known, if so.
    """

    call: Site
    site: Site
    state: State
    bounded: Message | None


def givings(solver: Solver, candidates: Candidates, query: Query) -> Iterator[Giving]:
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
                calling[at] = list(_calls_in(solver.xref, at))
    for site in given:
        calls = calling[site.unit.file.package]
        argument = site.args[0] if calls and site.args else None
        if argument is not None:
            yield Giving(calls[0], site, *solver.answer(argument, query, functions=False))


def may_call(giving: Giving, func: t.Func, solver: Solver) -> bool:
    """Whether a value whose method ``func`` is may be given there."""
    for value in bits(giving.state.mask & ~solver.values.unknown):
        typ = solver.values.type_of(value)
        base = t.deref(typ) if typ is not None else None
        if isinstance(base, t.Named) and base.obj is func.recv:
            return True
    return False


def _calls_in(xref: CrossReferences, package: Package) -> Iterator[Site]:
    """The calls of functions that package reflect gave to a package."""
    units: dict[Unit, None] = {}
    if not any(taking in file.source for file in package.files for taking in _TAKING):
        return
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
