"""Calls of built-in functions (Go spec, "Built-in functions" and "Package unsafe")."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracer.golang import types as t
from tracer.golang.check.assignments import assigned, settle
from tracer.golang.check.operand import NO_VALUE, VALUES, Mode, Operand, constant
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Walker
from tracer.golang.types import constants
from tracer.golang.types.sizes import offset_of, size_of
from tracer.syntax import ast

_INT = t.BASICS["int"]
_UINTPTR = t.BASICS["uintptr"]
_FLOAT = t.UNTYPED["float"]


def call_builtin(walker: Walker, e: ast.Call, scope: Scope) -> Operand:
    """What the call of a built-in function gives; its arguments are walked, and what it stores is noted."""
    func = walker.info.uses[e.fun]
    assert isinstance(func, t.Builtin)
    if not e.args:
        return VALUES[t.EMPTY_INTERFACE] if func.name == "recover" else NO_VALUE
    return _BUILTINS.get(func.name, _other)(walker, func.name, e, scope)


def _make(walker: Walker, name: str, e: ast.Call, scope: Scope) -> Operand:
    for arg in e.args[1:]:
        assigned(walker, arg, scope, _INT)
    x = walker.expr_or_type(e.args[0], scope)
    if name == "make":
        return VALUES[x.type]
    # new(expression) is Go 1.26's.
    typ = x.type if x.mode is Mode.TYPE else _stored(walker, e.args[0], x)
    return VALUES[t.pointer(typ)]


def _stored(walker: Walker, e: ast.Expr, x: Operand) -> t.Type:
    return settle(walker, e, x.type, None) if t.is_untyped(x.type) else x.type


def _append(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    first = walker.expr(e.args[0], scope).type
    under = t.core(first)
    elem = under.elem if isinstance(under, t.Slice) else None
    for arg in e.args[1:]:
        if e.spread:
            walker.expr(arg, scope)
        else:
            assigned(walker, arg, scope, elem)
    return VALUES[first if first is not t.UNTYPED_NIL else t.slice_of(t.UNKNOWN)]


def _copy(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    for arg in e.args:
        walker.expr(arg, scope)
    place = walker.place(e.args[0])
    if place is not None and len(e.args) == 2:
        walker.flow(("e", place), ("e", ("x", walker.info, e.args[1])), e.pos)
    return VALUES[_INT]


def _delete(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    under = t.core(walker.expr(e.args[0], scope).type)
    for arg in e.args[1:]:
        assigned(walker, arg, scope, under.key if isinstance(under, t.Map) else None)
    return NO_VALUE


def _panic(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    x = walker.expr(e.args[0], scope)
    settle(walker, e.args[0], x.type, None)
    walker.goes(x.type, t.EMPTY_INTERFACE, e.pos)
    walker.flow(("p",), ("x", walker.info, e.args[0]), e.pos)
    return NO_VALUE


def _print(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    for arg in e.args:
        assigned(walker, arg, scope)
    return NO_VALUE


def _clear(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    cleared = walker.expr(e.args[0], scope).type
    place = walker.place(e.args[0])
    if place is not None and isinstance(t.core(cleared), t.Slice):
        # The elements' zero value is of no interest, as a built-in function's name is; that it is stored may be.
        walker.flow(("e", place), ("x", walker.info, e.fun), e.pos)
    return NO_VALUE


def _other(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    """``close``."""
    for arg in e.args:
        walker.expr(arg, scope)
    return NO_VALUE


# Those that may give constants


def _length(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    """``len`` and ``cap``: constant of a constant string, and of an array that is not computed (Go spec, "Length and capacity")."""
    calls, walker.calls = walker.calls, False
    x = walker.expr(e.args[0], scope)
    computed, walker.calls = walker.calls, walker.calls or calls
    if x.mode is Mode.CONSTANT:
        return constant(_INT, len(constants.to_bytes(x.value)) if isinstance(x.value, str) else None)
    under = t.underlying(t.deref(x.type))
    return constant(_INT, under.length) if isinstance(under, t.Array) and not computed else VALUES[_INT]


def _numbers(walker: Walker, e: ast.Call, scope: Scope, *, keep: bool) -> tuple[list[Operand], t.Type]:
    """The arguments of ``min``, ``max`` and ``complex``: they agree on one type, as the operands of an operation do.

    With ``keep``, constants that all are untyped stay what they are.
    """
    found = [walker.expr(arg, scope) for arg in e.args]
    typ = next((x.type for x in found if not t.is_untyped(x.type)), None)
    typed = typ is not None
    if typ is None:
        typ = found[0].type
        for x in found[1:]:
            typ = constants.wider(typ, x.type)
    if typed or not keep or not _are_constant(found):
        for arg, x in zip(e.args, found, strict=True):
            if t.is_untyped(x.type) and x.type is not typ:
                settle(walker, arg, x.type, typ)
    return found, typ


def _are_constant(found: list[Operand]) -> bool:
    return all(x.mode is Mode.CONSTANT for x in found)


def _extreme(walker: Walker, name: str, e: ast.Call, scope: Scope) -> Operand:
    found, typ = _numbers(walker, e, scope, keep=False)
    if not _are_constant(found):
        return VALUES[typ]
    best = found[0].value
    for x in found[1:]:
        if best is None or x.value is None:
            return constant(typ, None)
        if constants.binary("<" if name == "min" else ">", x.value, best, typ):
            best = x.value
    return constant(typ, constants.represent(best, typ))


def _complex(walker: Walker, _name: str, e: ast.Call, scope: Scope) -> Operand:
    found, typ = _numbers(walker, e, scope, keep=True)
    if not _are_constant(found):
        return VALUES[_complex_of(typ)]
    result = t.UNTYPED["complex"] if t.is_untyped(typ) else _complex_of(typ)
    parts = [constants.real_part(x.value) for x in found]
    real, imag = parts if len(parts) == 2 else (None, None)
    if real is None or imag is None:
        return constant(result, None)
    return constant(result, constants.represent(constants.Complex(real, imag), result))


def _complex_of(typ: t.Type) -> t.Type:
    return t.BASICS["complex64" if _name_of(typ) == "float32" else "complex128"]


def _name_of(typ: t.Type) -> str:
    under = t.core(typ)
    return under.name if isinstance(under, t.Basic) else ""


def _part(walker: Walker, name: str, e: ast.Call, scope: Scope) -> Operand:
    """``real`` and ``imag``."""
    x = walker.expr(e.args[0], scope)
    if t.is_untyped(x.type):
        typ: t.Type = _FLOAT
    else:
        typ = t.BASICS["float32" if _name_of(x.type) == "complex64" else "float64"]
    if x.mode is not Mode.CONSTANT:
        return VALUES[typ]
    value = constants.represent(x.value, t.UNTYPED["complex"])
    if not isinstance(value, constants.Complex):
        return constant(typ, None)
    return constant(typ, value.imag if name == "imag" else value.real)


# Package unsafe


def _arguments(walker: Walker, e: ast.Call, scope: Scope) -> t.Type:
    """The type of the first argument; the others are integers."""
    first = walker.expr(e.args[0], scope).type
    for arg in e.args[1:]:
        assigned(walker, arg, scope, _INT)
    return first


def _unsafe_pointer(walker: Walker, name: str, e: ast.Call, scope: Scope) -> Operand:
    """Slices and strings to pointers and back."""
    first = _arguments(walker, e, scope)
    under = t.core(first)
    match name:
        case "unsafe.Add":
            typ: t.Type = t.UNSAFE_POINTER
        case "unsafe.Slice":
            typ = t.slice_of(under.elem) if isinstance(under, t.Pointer) else t.UNKNOWN
        case "unsafe.SliceData":
            typ = t.pointer(under.elem) if isinstance(under, t.Slice) else t.UNKNOWN
        case "unsafe.String":
            typ = t.BASICS["string"]
        case _:
            settle(walker, e.args[0], first, None)
            typ = t.pointer(t.BASICS["uint8"])
    return VALUES[typ]


def _measure(walker: Walker, name: str, e: ast.Call, scope: Scope) -> Operand:
    """``unsafe.Sizeof``, ``Alignof`` and ``Offsetof``: constants, but for types of variable size."""
    typ = _arguments(walker, e, scope)
    settle(walker, e.args[0], typ, None)
    selection = walker.info.selections.get(e.args[0])
    if name == "unsafe.Offsetof":
        field = selection.field if selection is not None else None
        base = walker.info.types.get(e.args[0].x) if isinstance(e.args[0], ast.Selector) else None
        if selection is None or field is None or base is None:
            return VALUES[_UINTPTR]
        return constant(_UINTPTR, offset_of(t.deref(base), (*selection.path, field)))
    if t.has_type_params(typ):
        return VALUES[_UINTPTR]
    found = size_of(t.default_type(typ))
    return constant(_UINTPTR, found[0 if name == "unsafe.Sizeof" else 1] if found is not None else None)


_BUILTINS: Mapping[str, Callable[[Walker, str, ast.Call, Scope], Operand]] = {
    "append": _append,
    "cap": _length,
    "clear": _clear,
    "complex": _complex,
    "copy": _copy,
    "delete": _delete,
    "imag": _part,
    "len": _length,
    "make": _make,
    "max": _extreme,
    "min": _extreme,
    "new": _make,
    "panic": _panic,
    "print": _print,
    "println": _print,
    "real": _part,
    "unsafe.Add": _unsafe_pointer,
    "unsafe.Alignof": _measure,
    "unsafe.Offsetof": _measure,
    "unsafe.Sizeof": _measure,
    "unsafe.Slice": _unsafe_pointer,
    "unsafe.SliceData": _unsafe_pointer,
    "unsafe.String": _unsafe_pointer,
    "unsafe.StringData": _unsafe_pointer,
}
