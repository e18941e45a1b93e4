"""Which fields get the values of which, where a value of one type goes to a place of another.

Struct types that are declared apart may have the same underlying type: then a value of one is converted to the other, or
assigned where one of them has no name (Go spec, "Conversions", "Assignability"). Elements and what pointers point to are
shared from then on: what is stored there under one type is found under the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang import types as t


def field_copies(typ: t.Type, target: t.Type) -> Iterator[tuple[t.Field, t.Field]]:
    """The fields that get values of others: each with the one that it gets them from."""
    waiting = [(typ, target, False)]
    seen = set[tuple[t.Type, t.Type]]()
    for a, b, shared in waiting:
        if a is b or (a, b) in seen:
            continue
        seen.add((a, b))
        match t.underlying(a), t.underlying(b):
            case t.Struct(fields=mine), t.Struct(fields=theirs) if mine is not theirs:
                if [f.name for f in mine] != [f.name for f in theirs]:
                    continue
                for f, g in zip(mine, theirs, strict=True):
                    if f.declared is not g.declared:
                        yield g, f
                        if shared:
                            yield f, g
                    waiting.append((f.type, g.type, shared))
            case t.Array(elem=x), t.Array(elem=y):
                waiting.append((x, y, shared))
            case (
                (t.Pointer(elem=x), t.Pointer(elem=y))
                | (t.Slice(elem=x), t.Slice(elem=y))
                | (t.Chan(elem=x), t.Chan(elem=y))
            ):
                waiting.append((x, y, True))
            case t.Map(key=k, elem=x), t.Map(key=m, elem=y):
                waiting += [(k, m, True), (x, y, True)]
            case _:
                pass
