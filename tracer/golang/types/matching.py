"""What the type parameters in a type stand for where it is a given type (Go spec, "Type unification", of one side)."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.golang.types.identity import identical
from tracer.golang.types.model import Array, Chan, Map, Named, Pointer, Signature, Slice, Type, TypeParam
from tracer.golang.types.substitution import has_type_params
from tracer.golang.types.universe import is_unknown

Bound = dict[TypeParam, Type]
"""What type parameters stand for."""


def match(pattern: Type, typ: Type) -> Bound | None:
    """What must stand for the type parameters of ``pattern`` for it to be ``typ``; None where nothing makes it that.

    Nothing is told of a parameter that stands where ``typ`` is not known or has type parameters of its own.
    """
    if not identical(pattern, typ):
        return None
    bound: Bound = {}
    for param, stands in _pairs(pattern, typ):
        if not identical(bound.setdefault(param, stands), stands):
            return None
    return bound


def is_renamed(a: Type, b: Type) -> bool:
    """Whether two types are one but for the names of their type parameters: that of a method's receiver is another in each method."""
    if a is b:
        return True
    match a, b:
        case TypeParam(), TypeParam():
            return True
        case (Pointer(), Pointer()) | (Slice(), Slice()):
            return is_renamed(a.elem, b.elem)
        case (Array(), Array()):
            return a.length == b.length and is_renamed(a.elem, b.elem)
        case (Chan(), Chan()):
            return a.direction == b.direction and is_renamed(a.elem, b.elem)
        case Map(), Map():
            return is_renamed(a.key, b.key) and is_renamed(a.elem, b.elem)
        case Signature(), Signature():
            mine, theirs = (*a.params, *a.results), (*b.params, *b.results)
            same = len(a.params) == len(b.params) and len(mine) == len(theirs) and a.variadic == b.variadic
            return same and all(map(is_renamed, mine, theirs))
        case Named(), Named():
            return a.obj is b.obj and len(a.targs) == len(b.targs) and all(map(is_renamed, a.targs, b.targs))
        case _:
            return False


def _pairs(pattern: Type, typ: Type) -> Iterable[tuple[TypeParam, Type]]:
    """The type parameters of one type beside what stands in their place in another of the same form."""
    if is_unknown(pattern) or is_unknown(typ) or pattern is typ:
        return
    match pattern, typ:
        case TypeParam(), _:
            if not has_type_params(typ):
                yield pattern, typ
        case (Pointer(), Pointer()) | (Slice(), Slice()) | (Array(), Array()) | (Chan(), Chan()):
            yield from _pairs(pattern.elem, typ.elem)
        case Map(), Map():
            yield from _pairs(pattern.key, typ.key)
            yield from _pairs(pattern.elem, typ.elem)
        case Signature(), Signature():
            for mine, theirs in zip((*pattern.params, *pattern.results), (*typ.params, *typ.results), strict=False):
                yield from _pairs(mine, theirs)
        case Named(), Named():
            for mine, theirs in zip(pattern.targs, typ.targs, strict=False):
                yield from _pairs(mine, theirs)
        case _:
            # What stands in structs and interfaces without a name is not asked.
            pass
