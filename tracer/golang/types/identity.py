"""Whether two types are the same (Go spec, "Type identity")."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.golang.types.model import (
    Array,
    Chan,
    Field,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Type,
    TypeParam,
    exported,
)
from tracer.golang.types.under import methods_of
from tracer.golang.types.universe import is_unknown

_Pairs = Iterable[tuple[Type, Type]]


def identical(a: Type, b: Type) -> bool:
    """Type identity; where a part is unknown, the parts that are known decide."""
    if a is b:
        return True
    # Types share their parts: each pair is compared once, for where one differs, all does.
    compared = {(a, b)}
    pending = [(a, b)]
    while pending:
        x, y = pending.pop()
        if x is y or is_unknown(x) or is_unknown(y) or isinstance(x, TypeParam) or isinstance(y, TypeParam):
            continue
        parts = _parts(x, y) if type(x) is type(y) else None
        if parts is None:
            return False
        for pair in parts:
            if pair not in compared:
                compared.add(pair)
                pending.append(pair)
    return True


def _parts(a: Type, b: Type) -> _Pairs | None:
    """The pairs of parts that must be identical for two types of one kind to be; None where they are not."""
    match a, b:
        case Signature(), Signature():
            same = a.variadic == b.variadic and len(a.params) == len(b.params) and len(a.results) == len(b.results)
            return [*zip(a.params, b.params, strict=True), *zip(a.results, b.results, strict=True)] if same else None
        case (Pointer(), Pointer()) | (Slice(), Slice()):
            return ((a.elem, b.elem),)
        case Array(), Array():
            return ((a.elem, b.elem),) if a.length == b.length or None in (a.length, b.length) else None
        case Map(), Map():
            return (a.key, b.key), (a.elem, b.elem)
        case Chan(), Chan():
            return ((a.elem, b.elem),) if a.direction == b.direction else None
        case Struct(), Struct():
            same = len(a.fields) == len(b.fields) and all(map(_same_field, a.fields, b.fields))
            return [(x.type, y.type) for x, y in zip(a.fields, b.fields, strict=True)] if same else None
        case Interface(), Interface():
            mine, theirs = methods_of(a), methods_of(b)
            return [(sig, theirs[n]) for n, sig in mine.items()] if mine.keys() == theirs.keys() else None
        case Named(), Named():
            return zip(a.targs, b.targs, strict=False) if a.obj is b.obj else None
        case _:
            return None


def _same_field(a: Field, b: Field) -> bool:
    """Unexported names of different packages are always different (Go spec, "Type identity")."""
    if (a.name, a.embedded, a.tag) != (b.name, b.embedded, b.tag):
        return False
    return exported(a.name) or a.package is None or b.package is None or a.package is b.package
