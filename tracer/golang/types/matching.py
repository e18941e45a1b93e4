"""What the type parameters in a type stand for where it is a given type (Go spec, "Type unification", of one side)."""

from __future__ import annotations

from collections.abc import Iterator

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
    # Types share their parts: each pair is compared once, for where one differs, all does.
    compared = {(a, b)}
    pending = [(a, b)]
    while pending:
        x, y = pending.pop()
        if x is y or (isinstance(x, TypeParam) and isinstance(y, TypeParam)):
            continue
        if not _is_alike(x, y):
            return False
        new = [pair for pair in _parts(x, y) if pair not in compared]
        compared.update(new)
        pending += new
    return True


def _is_alike(a: Type, b: Type) -> bool:
    """Whether two types are of one form, whatever their parts."""
    match a, b:
        case (Pointer(), Pointer()) | (Slice(), Slice()) | (Map(), Map()):
            return True
        case Array(), Array():
            return a.length == b.length
        case Chan(), Chan():
            return a.direction == b.direction
        case Signature(), Signature():
            mine, theirs = len(a.params) + len(a.results), len(b.params) + len(b.results)
            return len(a.params) == len(b.params) and mine == theirs and a.variadic == b.variadic
        case Named(), Named():
            return a.obj is b.obj and len(a.targs) == len(b.targs)
        case _:
            return False


def _pairs(pattern: Type, typ: Type) -> Iterator[tuple[TypeParam, Type]]:
    """The type parameters of one type beside what stands in their place in another of the same form, each pair once."""
    seen = {(pattern, typ)}
    pending = [(pattern, typ)]
    while pending:
        mine, theirs = pending.pop()
        if is_unknown(mine) or is_unknown(theirs) or mine is theirs:
            continue
        if not isinstance(mine, TypeParam):
            new = [pair for pair in _parts(mine, theirs) if pair not in seen]
            seen.update(new)
            pending += reversed(new)
        elif not has_type_params(theirs):
            yield mine, theirs


def _parts(a: Type, b: Type) -> list[tuple[Type, Type]]:
    """The parts of two types of one form; what stands in structs and interfaces without a name is not asked."""
    match a, b:
        case (Pointer(), Pointer()) | (Slice(), Slice()) | (Array(), Array()) | (Chan(), Chan()):
            return [(a.elem, b.elem)]
        case Map(), Map():
            return [(a.key, b.key), (a.elem, b.elem)]
        case Signature(), Signature():
            return list(zip((*a.params, *a.results), (*b.params, *b.results), strict=False))
        case Named(), Named():
            return list(zip(a.targs, b.targs, strict=False))
        case _:
            return []
