"""The flow graph of one unit as text, an edge a line: ``Closure(main.main:9:7) -> Field(main.Server:handle)``.

In the manner of the tests of go/callgraph/vta. What a value is passed to is told by the called function and the argument's number.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    CallValue,
    Composite,
    Concat,
    Convert,
    Expression,
    FieldUse,
    FunctionUse,
    IndexOf,
    Load,
    MethodUse,
    Receive,
    Recover,
    Same,
    Site,
    UnitSummary,
    Use,
)


def flow_edges(unit: UnitSummary) -> list[str]:
    """The edges of a unit's flow, each once, in the order of their text."""
    rows = dict.fromkeys(_stored(unit))
    for e in unit.expressions:
        rows |= dict.fromkeys(f"{source} -> {e}" for source in _sources(e))
    for site in unit.sites:
        rows |= dict.fromkeys(_passed(site))
    return sorted(rows)


def _stored(unit: UnitSummary) -> Iterator[str]:
    for target, stores in unit.stores.items():
        for source, _ in stores:
            if source is not None:
                yield f"{source} -> {target}"
    for node, holders in unit.address_taken.items():
        yield from (f"Address({node}) -> {holder}" for holder in holders)


def _sources(e: Expression) -> Iterator[str]:
    match e:
        case Use(var=var):
            yield str(var)
        case FieldUse(field=field):
            yield str(field)
        case FunctionUse(func=func):
            yield f"Function({func.full_name})"
        case MethodUse(name=name, receiver=receiver) if receiver is not None:
            yield f"Method({receiver}:{name})"
        case CallValue(site=site):
            yield f"Return({_callee(site)}:0)"
        case Convert(args=args) | Append(args=args) | Composite(values=args):
            yield from (str(arg) for arg in args if arg is not None)
        case Recover():
            yield "Panic"
        case IndexOf(x=x) | Receive(x=x) if x is not None:
            yield f"Element({x})"
        case Load(x=x) if x is not None:
            yield f"Pointee({x})"
        case Same(x=x) if x is not None:
            yield str(x)
        case AddressOf(x=x, var=var) if (target := var or x) is not None:
            yield f"Address({target})"
        case Concat(x=x, y=y):
            yield from (str(part) for part in (x, y) if part is not None)
        case _:
            pass


def _passed(site: Site) -> Iterator[str]:
    for i, arg in enumerate(site.args[site.first :]):
        if arg is not None:
            yield f"{arg} -> Argument({_callee(site)}:{i})"
    if site.recv is not None:
        yield f"{site.recv} -> Receiver({_callee(site)})"


def _callee(site: Site) -> str:
    if site.func is not None:
        return site.func.full_name
    if site.literal is not None:
        return site.literal.full_name
    return f"{site.receiver}.{site.name}" if site.kind is t.CallKind.INTERFACE else str(site.fun)
