"""Fields of structs as places on a chain: who reads one, and which fields hold a constant or variable.

What is stored in a field may be what any reader of it reads, whichever struct it is of: one node for all values of a struct, as in
the flow (go/callgraph/vta's field nodes).
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.codes import Note, Rule
from tracer.golang import types as t
from tracer.golang.flow.evidence import position
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import (
    AddressOf,
    Concat,
    Constant,
    Convert,
    Expression,
    FieldNode,
    FieldUse,
    Global,
    Local,
    Node,
    Owner,
    Read,
    Same,
    UnitSummary,
    Use,
    reaching,
    root_of,
)
from tracer.model import Edge, EdgeKind, Evidence, Position

_MAX_INSIDE = 100
"""How many expressions of a unit are looked at for what one store may hold."""


def readers(analysis: Analysis, field: t.Field) -> list[tuple[UnitSummary, Read]]:
    """The reads of a field; where something is stored in it or in a part of it is none."""
    nodes = analysis.nodes
    node = nodes.field(field.declared)
    written = {(file, pos) for part in (node, nodes.element(node)) for _, file, pos in analysis.flow.stores(part)}
    out: dict[Expression, tuple[UnitSummary, Read]] = {}
    for use in analysis.flow.following(node):
        if isinstance(use, FieldUse) and use.field.field is node.field and (use.unit.file, use.pos) not in written:
            out[use] = use.unit, Read(field, use.pos, _owner(analysis, use))
    return list(out.values())


def read_by(analysis: Analysis, owner: Owner) -> list[t.Field]:
    """The fields that a function or literal reads by itself, in the order of the source."""
    uses = (e for e in analysis.unit_of(owner).expressions if isinstance(e, FieldUse))
    return list(dict.fromkeys(use.field.field.declared for use in uses if _owner(analysis, use) is owner))


def setting(analysis: Analysis, field: t.Field) -> Iterator[tuple[Owner, Position]]:
    """The functions that store something in a field or a part of it, or send it on the channel that it holds."""
    node = analysis.nodes.field(field.declared)
    for unit in analysis.flow.storing(node):
        for target, sources in unit.stores.items():
            if root_of(target) is not node:
                continue
            for source, pos in sources:
                owner = _owner(analysis, source) if isinstance(source, Expression) else unit.func
                if owner is not None:
                    yield owner, analysis.at(unit, pos)


def holding(analysis: Analysis, obj: t.Const | t.Var) -> Iterator[tuple[Edge, t.Field, UnitSummary, Read]]:
    """The fields that a constant or package variable is stored in, each with the read that stores it and its edge."""
    for unit, read in analysis.readers(obj):
        for target, sources in unit.stores.items():
            root = root_of(target)
            if not isinstance(root, FieldNode) or not any(_holds(source, read) for source, _ in sources):
                continue
            field, place = root.field.declared, analysis.at(unit, read.pos)
            stored = Evidence(Note.STORED_IN_FIELD, (field.full_name,), position(unit.file, read.pos))
            evidence = (stored, *analysis.idle(unit))
            yield (
                Edge(field.full_name, obj.full_name, place, EdgeKind.READ, Rule.STORED, evidence=evidence),
                field,
                unit,
                read,
            )


def _holds(source: Node | None, read: Read) -> bool:
    """Whether what is stored is, or is made in the same unit of, what is read."""
    pending: list[Node | None] = [source]
    seen: set[Node] = set()
    while pending and len(seen) < _MAX_INSIDE:
        node = pending.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        match node:
            case Constant(pos=pos) if isinstance(read.obj, t.Const) and pos == read.pos:
                return True
            case Use(var=Global(var=var)):
                if var is read.obj:
                    return True
            case Use(var=Local() as var):
                pending += [stored for stored, _ in reaching(node, var)]
            case Concat(x=x, y=y):
                pending += (x, y)
            case Convert(args=args):
                pending += args
            case Same(x=inner) | AddressOf(x=inner):
                pending.append(inner)
            case _:
                pass
    return False


def _owner(analysis: Analysis, use: Expression) -> Owner | None:
    """The function or literal whose code an expression is (None: the package's initialiser)."""
    if not use.unit.literals:
        return use.unit.func
    name = analysis.details(use.unit).literal_around(use)
    return next((literal for literal in use.unit.literals if literal.name == name), use.unit.func)
