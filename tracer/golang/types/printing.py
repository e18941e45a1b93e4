"""Types in Go's notation."""

from __future__ import annotations

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


def describe(t: Type) -> str:
    """A type in Go's notation, packages by their full path."""
    match t:
        case Basic():
            return t.name
        case Named():
            args = f"[{', '.join(describe(x) for x in t.targs)}]" if t.targs else ""
            return t.obj.full_name + args
        case Pointer():
            return "*" + describe(t.elem)
        case Slice():
            return "[]" + describe(t.elem)
        case Array():
            return f"[{'…' if t.length is None else t.length}]" + describe(t.elem)
        case Map():
            return f"map[{describe(t.key)}]{describe(t.elem)}"
        case Chan():
            return _ARROWS[t.direction] + describe(t.elem)
        case Signature():
            params = ", ".join(describe(x) for x in t.params)
            results = ", ".join(describe(x) for x in t.results)
            return f"func({params})" + (f" ({results})" if results else "")
        case Struct():
            return "struct{…}" if t.fields else "struct{}"
        case Interface():
            return "interface{…}" if methods_of(t) else "any"
        case TypeParam():
            return t.name
        case Tuple():
            return f"({', '.join(describe(x) for x in t.types)})"
        case _:
            return "?"
