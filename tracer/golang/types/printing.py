"""Types in Go's notation."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.golang.types.model import (
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    TypeParam,
)
from tracer.golang.types.under import methods_of
from tracer.syntax.ast import Direction

_ARROWS = {Direction.BOTH: "chan ", Direction.SEND: "chan<- ", Direction.RECV: "<-chan "}


MAX_TEXT = 20_000
"""The length of a type's text, beyond which it is cut: a type that is made of shared ones may have no end to it."""


def describe(t: Type) -> str:
    """A type in Go's notation, packages by their full path. What is longer than ``MAX_TEXT`` ends in an ellipsis there."""
    written: list[str] = []
    size = 0
    pending: list[Type | str] = [t]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            written.append(part)
            size += len(part)
        else:
            pending += reversed(_parts(part))
        if size > MAX_TEXT:
            return "".join(written)[:MAX_TEXT] + "…"
    return "".join(written)


def _parts(t: Type) -> list[Type | str]:
    """The text of a type, in its parts' place these themselves."""
    match t:
        case Basic():
            return [t.name]
        case Named():
            return [t.obj.full_name, *(("[", *_listed(t.targs), "]") if t.targs else ())]
        case Pointer():
            return ["*", t.elem]
        case Slice():
            return ["[]", t.elem]
        case Array():
            return [f"[{'…' if t.length is None else t.length}]", t.elem]
        case Map():
            return ["map[", t.key, "]", t.elem]
        case Chan():
            return [_ARROWS[t.direction], t.elem]
        case Signature():
            results = (" (", *_listed(t.results), ")") if t.results else ()
            return ["func(", *_listed(t.params), ")", *results]
        case Struct():
            return ["struct{…}" if t.fields else "struct{}"]
        case Interface():
            return ["interface{…}" if methods_of(t) else "any"]
        case TypeParam():
            return [t.name]
        case Tuple():
            return ["(", *_listed(t.types), ")"]
        case _:
            return ["?"]


def _listed(types: Sequence[Type]) -> list[Type | str]:
    return [part for typ in types for part in (", ", typ)][1:]
