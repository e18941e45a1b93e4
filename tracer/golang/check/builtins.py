"""Calls of built-in functions (Go spec, "Built-in functions" and "Package unsafe")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.golang import types as t
from tracer.golang.check.evaluate import still
from tracer.golang.check.scope import Scope
from tracer.golang.types import constants
from tracer.syntax import ast

if TYPE_CHECKING:
    from tracer.golang.check.walker import Walker

_PARTS = {"complex64": t.BASICS["float32"]} | {
    f"untyped {x}": t.UNTYPED["float"] for x in ("int", "rune", "float", "complex")
}


def call_builtin(walker: Walker, name: str, e: ast.Call, scope: Scope) -> t.Type:
    """The type of what a built-in function gives; its arguments are walked, and what it stores is noted."""
    if not e.args:
        return t.EMPTY_INTERFACE if name == "recover" else t.tuple_of(())
    if name in ("make", "new"):
        for arg in e.args[1:]:
            walker.assigned(arg, scope, t.BASICS["int"])
        if walker.checker.is_type(e.args[0], scope):
            typ = walker.checker.type_expr(e.args[0], scope)
        else:
            # new(expression) is Go 1.26's.
            typ = walker.assigned(e.args[0], scope)
        return t.pointer(typ) if name == "new" else typ
    first = walker.expr(e.args[0], scope)
    match name:
        case "append":
            under = t.core(first)
            elem = under.elem if isinstance(under, t.Slice) else None
            for arg in e.args[1:]:
                if e.spread:
                    walker.expr(arg, scope)
                else:
                    walker.assigned(arg, scope, elem)
            return first if first is not t.UNTYPED_NIL else t.slice_of(t.UNKNOWN)
        case "len" | "cap":
            under = t.underlying(t.deref(first))
            if walker.is_constant(e.args[0]) or (isinstance(under, t.Array) and still(e.args[0])):
                walker.steady.add(e)
            return t.BASICS["int"]
        case "copy":
            for arg in e.args[1:]:
                walker.expr(arg, scope)
            place = walker.place(e.args[0])
            if place is not None and len(e.args) == 2:
                walker.flow(("e", place), ("e", ("x", walker.info, e.args[1])), e.pos)
            return t.BASICS["int"]
        case "min" | "max" | "complex":
            return _numbers(walker, name, e, first, scope)
        case "real" | "imag":
            if walker.is_constant(e.args[0]):
                walker.steady.add(e)
            return _PARTS.get(getattr(t.core(first), "name", ""), t.BASICS["float64"])
        case "delete":
            under = t.core(first)
            for arg in e.args[1:]:
                walker.assigned(arg, scope, under.key if isinstance(under, t.Map) else None)
            return t.tuple_of(())
        case "panic" | "print" | "println":
            walker.settle(e.args[0], first, None)
            if name == "panic":
                walker.goes(first, t.EMPTY_INTERFACE, e.pos)
                walker.flow(("p",), ("x", walker.info, e.args[0]), e.pos)
            for arg in e.args[1:]:
                walker.assigned(arg, scope)
            return t.tuple_of(())
        case _:
            return _unsafe(walker, name, e, first, scope)


def _numbers(walker: Walker, name: str, e: ast.Call, first: t.Type, scope: Scope) -> t.Type:
    """``min``, ``max`` and ``complex``: the operands agree on one type, as those of an operation do."""
    found = [first, *(walker.expr(arg, scope) for arg in e.args[1:])]
    typed = next((x for x in found if not t.is_untyped(x)), None)
    common = first
    for x in found[1:]:
        common = constants.wider(common, x)
    common = typed or common
    constant = all(walker.is_constant(arg) for arg in e.args)
    if constant:
        walker.steady.add(e)
    for arg, x in zip(e.args, found, strict=True):
        if t.is_untyped(x) and x is not common and not (name == "complex" and constant and typed is None):
            walker.settle(arg, x, common)
    if name != "complex":
        return common
    if constant and typed is None:
        return t.UNTYPED["complex"]
    return t.BASICS["complex64" if getattr(t.core(common), "name", "") == "float32" else "complex128"]


def _unsafe(walker: Walker, name: str, e: ast.Call, first: t.Type, scope: Scope) -> t.Type:
    for arg in e.args[1:]:
        walker.assigned(arg, scope, t.BASICS["int"])
    under = t.core(first)
    match name:
        case "unsafe.Add":
            return t.UNSAFE_POINTER
        case "unsafe.Slice":
            return t.slice_of(under.elem) if isinstance(under, t.Pointer) else t.UNKNOWN
        case "unsafe.SliceData":
            return t.pointer(under.elem) if isinstance(under, t.Slice) else t.UNKNOWN
        case "unsafe.String":
            return t.BASICS["string"]
        case "unsafe.StringData":
            walker.settle(e.args[0], first, None)
            return t.pointer(t.BASICS["uint8"])
        case "unsafe.Sizeof" | "unsafe.Alignof" | "unsafe.Offsetof":
            walker.settle(e.args[0], first, None)
            walker.steady.add(e)
            return t.BASICS["uintptr"]
        case _:
            return t.tuple_of(())
