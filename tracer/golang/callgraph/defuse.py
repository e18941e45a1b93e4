"""How the expressions of one unit are used: where their values go."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    Component,
    Composite,
    Convert,
    Expression,
    FunctionUse,
    Global,
    IndexOf,
    Local,
    MethodUse,
    Node,
    Site,
    Unary,
    UnitSummary,
    Use,
    is_moved,
    root_of,
)
from tracer.golang.summary.shared import Nodes


@dataclass(slots=True, eq=False)
class DefUse:
    """How the expressions of one unit are used.

    ``outgoing``: an expression, or one of a call's results -> nodes that take its value; ``Holder(x)`` where a container ``x`` does.
    ``arguments`` and ``receivers``: expression -> the calls that it is passed to. ``bound``: expression -> the methods that
    are values with it as their receiver, ``bound_in_interface``: the same for an interface's. ``called``: function value -> its call. ``reads``: local variable -> its uses.
    ``parts``: the root of a node -> the parts of it that something is stored in: ``x`` -> ``Element(x)``.
    """

    outgoing: dict[Node, list[Node]] = field(default_factory=dict[Node, "list[Node]"])
    arguments: dict[Expression, list[tuple[Site, int]]] = field(
        default_factory=dict[Expression, "list[tuple[Site, int]]"]
    )
    receivers: dict[Expression, list[Site]] = field(default_factory=dict[Expression, "list[Site]"])
    bound: dict[Expression, list[t.Func]] = field(default_factory=dict[Expression, "list[t.Func]"])
    bound_in_interface: dict[Expression, list[MethodUse]] = field(default_factory=dict[Expression, "list[MethodUse]"])
    called: dict[Expression, Site] = field(default_factory=dict[Expression, Site])
    reads: dict[Local, list[Expression]] = field(default_factory=dict[Local, "list[Expression]"])
    parts: dict[Node, list[Node]] = field(default_factory=dict[Node, "list[Node]"])


def uses_in(unit: UnitSummary, nodes: Nodes) -> DefUse:
    """The uses of a unit's expressions."""
    out = DefUse()
    _stored(unit, nodes, out)
    for e in unit.expressions:
        _operands(e, out)
    for site in unit.sites:
        if site.fun is not None:
            out.called[site.fun] = site
        if site.recv is not None:
            out.receivers.setdefault(site.recv, []).append(site)
        for i, arg in enumerate(site.args[site.first :]):
            if arg is not None:
                out.arguments.setdefault(arg, []).append((site, i))
    return out


def _stored(unit: UnitSummary, nodes: Nodes, out: DefUse) -> None:
    for stored, sources in unit.stores.items():
        target = root_of(stored)
        if target is not stored:
            out.parts.setdefault(target, []).append(stored)
            if isinstance(target, Expression | Local | Global):
                # What is stored in a container is found wherever that came from.
                target = nodes.holder(target)
        for source, _ in sources:
            origin = root_of(source) if source is not None else None
            if isinstance(origin, Expression | Component) and not is_moved(source, stored):
                out.outgoing.setdefault(origin, []).append(target)


def _operands(e: Expression, out: DefUse) -> None:
    match e:
        case Composite():
            for value in e.values if e.fields is None else ():
                _goes(value, e, out)
        case Unary():
            _goes(e.x, e, out)
        case AddressOf():
            _goes(e.x, e, out)
            holder = e.x
            while isinstance(holder, IndexOf):
                # A pointer to an element is a way into the container, whatever the elements are.
                holder = holder.x
                _goes(holder, e, out)
        case Convert() | Append():
            for arg in e.args:
                _goes(arg, e, out)
        case Use(var=Local() as var):
            out.reads.setdefault(var, []).append(e)
        case FunctionUse() if e.x is not None:
            out.bound.setdefault(e.x, []).append(e.func)
        case MethodUse(receiver=Expression() as receiver):
            out.bound_in_interface.setdefault(receiver, []).append(e)
        case _:
            pass


def _goes(x: Expression | None, into: Expression, out: DefUse) -> None:
    if x is not None:
        out.outgoing.setdefault(x, []).append(into)
