"""Whether two types are the same (Go spec, "Type identity")."""

from __future__ import annotations

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


def identical(a: Type, b: Type) -> bool:
    """Type identity; where a part is unknown, the parts that are known decide."""
    if a is b or is_unknown(a) or is_unknown(b) or isinstance(a, TypeParam) or isinstance(b, TypeParam):
        return True
    if type(a) is not type(b):
        return False
    match a, b:
        case Signature(), Signature():
            return (
                a.variadic == b.variadic
                and len(a.params) == len(b.params)
                and len(a.results) == len(b.results)
                and all(identical(x, y) for x, y in zip(a.params, b.params, strict=True))
                and all(identical(x, y) for x, y in zip(a.results, b.results, strict=True))
            )
        case (Pointer(), Pointer()) | (Slice(), Slice()):
            return identical(a.elem, b.elem)
        case Array(), Array():
            return (a.length == b.length or None in (a.length, b.length)) and identical(a.elem, b.elem)
        case Map(), Map():
            return identical(a.key, b.key) and identical(a.elem, b.elem)
        case Chan(), Chan():
            return a.direction == b.direction and identical(a.elem, b.elem)
        case Struct(), Struct():
            return len(a.fields) == len(b.fields) and all(
                _same_field(x, y) and identical(x.type, y.type) for x, y in zip(a.fields, b.fields, strict=True)
            )
        case Interface(), Interface():
            mine, theirs = methods_of(a), methods_of(b)
            return mine.keys() == theirs.keys() and all(identical(sig, theirs[n]) for n, sig in mine.items())
        case Named(), Named():
            return a.obj is b.obj and all(identical(x, y) for x, y in zip(a.targs, b.targs, strict=False))
        case _:
            return False


def _same_field(a: Field, b: Field) -> bool:
    """Unexported names of different packages are always different (Go spec, "Type identity")."""
    if (a.name, a.embedded, a.tag) != (b.name, b.embedded, b.tag):
        return False
    return exported(a.name) or a.package is None or b.package is None or a.package is b.package
