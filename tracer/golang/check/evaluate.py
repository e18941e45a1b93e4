"""The values of constant expressions (Go spec, "Constant expressions")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tracer.golang import types as t
from tracer.golang.types.constants import (
    Complex,
    Constant,
    basic,
    binary,
    common,
    convert,
    kind_of,
    real_part,
    represent,
    to_bytes,
    unary,
)
from tracer.golang.types.literals import literal
from tracer.golang.types.sizes import aligned, size_of
from tracer.syntax import ast


def _offset_of(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    """``unsafe.Offsetof`` of a field that the struct itself declares."""
    e = args[0]
    under = t.underlying(t.deref(names.type_of(e.x))) if isinstance(e, ast.Selector) else None
    if not isinstance(e, ast.Selector) or not isinstance(under, t.Struct):
        return None
    offset = 0
    for f in under.fields:
        found = size_of(f.type)
        if found is None:
            return None
        offset = aligned(offset, found[1])
        if f.name == e.sel.name:
            return Constant(offset, t.BASICS["uintptr"])
        offset += found[0]
    return None


class Names(Protocol):
    """What the names of a constant expression mean where it stands."""

    def constant(self, e: ast.Ident | ast.Selector) -> Constant | None: ...

    def type(self, e: ast.Expr) -> t.Type | None:
        """The type that an expression denotes, or None if it denotes none."""

    def type_of(self, e: ast.Expr) -> t.Type: ...

    def builtin(self, e: ast.Expr) -> str: ...


def evaluate(e: ast.Expr, names: Names) -> Constant | None:
    """The value of a constant expression; None if it is none."""
    match e:
        case ast.BasicLit():
            return literal(e)
        case ast.Ident() | ast.Selector():
            return names.constant(e)
        case ast.Unary():
            x = evaluate(e.x, names)
            return unary(e.op, x) if x is not None else None
        case ast.Binary():
            return _evaluate_chain(e, names)
        case ast.Call():
            return _evaluate_call(e, names)
        case _:
            return None


def _evaluate_chain(e: ast.Binary, names: Names) -> Constant | None:
    """``a + b + c …`` leans to the left: its left edge is followed without recursion."""
    chain: list[ast.Binary] = []
    at: ast.Expr = e
    while isinstance(at, ast.Binary):
        chain.append(at)
        at = at.x
    value = evaluate(at, names)
    for node in reversed(chain):
        if value is None:
            return None
        right = evaluate(node.y, names)
        value = binary(node.op, value, right) if right is not None else None
    return value


def _evaluate_call(e: ast.Call, names: Names) -> Constant | None:
    name = names.builtin(e.fun)
    if name:
        call = _BUILTINS.get(name)
        return call(e.args, names) if call is not None and e.args else None
    typ = names.type(e.fun) if len(e.args) == 1 else None
    if typ is None or not kind_of(typ):
        return None
    x = evaluate(e.args[0], names)
    return convert(x, typ) if x is not None else None


def _length(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    """``len`` of a constant string, or of an array that is not computed (Go spec, "Length and capacity")."""
    x = evaluate(args[0], names)
    if x is not None:
        return Constant(len(to_bytes(x.value)), t.BASICS["int"]) if isinstance(x.value, str) else None
    if not still(args[0]):
        return None
    under = t.underlying(t.deref(names.type_of(args[0])))
    return Constant(under.length, t.BASICS["int"]) if isinstance(under, t.Array) and under.length is not None else None


def still(e: ast.Expr) -> bool:
    """Whether an expression neither calls nor receives; literals of arrays count as still."""
    while isinstance(e, ast.Selector | ast.Index | ast.Star):
        if isinstance(e, ast.Index) and not all(still(i) for i in e.indices):
            return False
        e = e.x
    return isinstance(e, ast.Ident | ast.BasicLit) or (
        isinstance(e, ast.CompositeLit) and all(still(pair.value) for pair in e.elements)
    )


def _measure(part: int) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def measure(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        found = size_of(t.default_type(names.type_of(args[0])))
        return Constant(found[part], t.BASICS["uintptr"]) if found is not None else None

    return measure


def _extreme(op: str) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def extreme(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        best: Constant | None = None
        for arg in args:
            x = evaluate(arg, names)
            if x is None:
                return None
            if best is None:
                best = x
                continue
            smaller = binary(op, x, best)
            typ = common(best.type, x.type)
            kept = represent((x if smaller is not None and smaller.value else best).value, typ)
            best = None if kept is None else Constant(kept, typ)
            if best is None:
                return None
        return best

    return extreme


_PART = {"untyped int", "untyped rune", "untyped float", "untyped complex"}


def _component(imaginary: bool) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def component(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        x = evaluate(args[0], names)
        value = represent(x.value, t.UNTYPED["complex"]) if x is not None else None
        if x is None or not isinstance(value, Complex):
            return None
        under = basic(x.type)
        name = under.name if under else ""
        typ = t.UNTYPED["float"] if name in _PART else t.BASICS["float32" if name == "complex64" else "float64"]
        return Constant(value.imag if imaginary else value.real, typ)

    return component


def _complex(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    if len(args) != 2:
        return None
    x, y = evaluate(args[0], names), evaluate(args[1], names)
    if x is None or y is None:
        return None
    real, imag = real_part(x.value), real_part(y.value)
    under = basic(common(x.type, y.type))
    if real is None or imag is None or under is None:
        return None
    typ = t.UNTYPED["complex"] if under.untyped else t.BASICS["complex64" if under.name == "float32" else "complex128"]
    return Constant(Complex(real, imag), typ)


_BUILTINS: dict[str, Callable[[Sequence[ast.Expr], Names], Constant | None]] = {
    "cap": _length,
    "complex": _complex,
    "imag": _component(True),
    "len": _length,
    "max": _extreme(">"),
    "min": _extreme("<"),
    "real": _component(False),
    "unsafe.Alignof": _measure(1),
    "unsafe.Offsetof": _offset_of,
    "unsafe.Sizeof": _measure(0),
}
