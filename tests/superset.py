"""What the whole checked program holds, against what the text search offers for it.

    PYTHONPATH=. python tests/superset.py FOLDER [MAIN [TAG...]]

checks the program at ``MAIN`` of the repository at ``FOLDER``, and prints what the search leaves out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from support import analysis

from tracer.golang import types as t
from tracer.golang.flow.reflection import SETTERS, is_told, reflects
from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import (
    FieldNode,
    FieldUse,
    FunctionUse,
    Global,
    Local,
    Node,
    Panics,
    Same,
    UnitSummary,
    Use,
    root_of,
)
from tracer.golang.types.containers import carries, is_boxed, is_container

Used = tuple[Callable[[Any], list[Unit]], Any]
"""A search, and what it is asked for."""


def missing(program: Analysis) -> tuple[list[str], int]:
    """The uses that a search leaves out, and how many were looked at."""
    offered: dict[tuple[str, Any], frozenset[Unit]] = {}
    found: dict[str, None] = {}
    asked = 0
    for unit in units(program):
        for search, what in used(program, program.unit(unit)):
            asked += 1
            key = (search.__name__, what)
            if key not in offered:
                offered[key] = frozenset(search(what))
            if unit not in offered[key]:
                found[f"{search.__name__} {_name(what)}: {unit.file.path}:{unit.declaration.line}"] = None
    return sorted(found), asked


def units(program: Analysis) -> Iterator[Unit]:
    """The functions and variables of all packages that a program links, but for the library's."""
    for package in program.program.closure():
        for file in package.files if not package.is_std else ():
            for declaration in file.facts.declarations:
                if declaration.kind in ("func", "method", "var"):
                    yield file.unit(declaration)


def used(program: Analysis, unit: UnitSummary) -> Iterator[Used]:
    """What a unit uses, with the search that must offer it."""
    of = program.candidates
    for target, sources in unit.stores.items():
        if not _is_plain(root_of(target)):
            yield from _stored(program, root_of(target))
        for source, _ in sources:
            if isinstance(source, FieldNode) and isinstance(target, FieldNode) and not _is_plain(source):
                yield of.readers_of_field, source.field
            if isinstance(target, Local) and source is not None and _asserts(source, target):
                yield of.assertions_of, target.type
    for node in unit.address_taken:
        if not (t.is_dynamic(node.type) or carries(node.type)) or (isinstance(node, FieldNode) and node.field.embedded):
            # Nothing is asked of it; or a promoted method takes it without a name: that is followed from the field itself.
            continue
        if isinstance(node, FieldNode | Global) and program.flow.aliases.methods_take_address(node.type):
            # Whoever reads it may call them.
            yield (of.readers_of_field, node.field) if isinstance(node, FieldNode) else (of.readers_of_global, node.var)
        else:
            yield from _stored(program, node)
    for e in unit.expressions:
        match e:
            case FieldUse(field=f):
                yield of.readers_of_field, f.field
            case Use(var=Global(var=var)):
                yield of.readers_of_global, var
            case FunctionUse(func=func) if not func.name.startswith("init#"):
                yield of.users_of_func, func
            case Same(x=x) if x is not None and _asserts(x, e):
                yield of.assertions_of, e.type
            case _:
                pass
    for site in unit.sites:
        if site.kind is t.CallKind.STATIC and site.func is not None:
            yield of.users_of_func, site.func
        if reflects(site) and site.func is not None and site.name in SETTERS and is_told(site.args[-1]):
            yield of.users_by_reflection, site.func


def _stored(program: Analysis, root: Node) -> Iterator[Used]:
    match root:
        case FieldNode(field=f):
            yield program.candidates.writers_of_field, f
        case Global(var=var):
            yield program.candidates.writers_of_global, var
        case Panics():
            yield program.candidates.users_of_builtin, "panic"
        case _:
            pass


def _is_plain(node: Node) -> bool:
    """Whether nothing is asked of a place: it holds numbers or truth values."""
    under = t.underlying(node.type)
    return isinstance(under, t.Basic) and under is not t.BASICS["string"]


def _asserts(source: Node, target: Node) -> bool:
    return is_boxed(source.type) and is_container(target.type)


def _name(what: Any) -> str:
    match what:
        case t.Field():
            return f"{what.struct or 'struct'}.{what.name}"
        case t.Type():
            return t.describe(what)
        case str():
            return what
        case _:
            return what.full_name


if __name__ == "__main__":
    folder, main, *tags = [*sys.argv[1:], ""][:2] + sys.argv[3:]
    rows, count = missing(analysis(Path(folder), main, tags=frozenset(tags), whole=True))
    print("\n".join(rows))
    print(f"{count} uses looked at, {len(rows)} left out")
    sys.exit(bool(rows))
