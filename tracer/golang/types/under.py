"""Underlying types, what is behind pointers, and the methods of interfaces (go/types' under.go)."""

from __future__ import annotations

from tracer.golang.types.model import (
    Array,
    Interface,
    Named,
    Pointer,
    Signature,
    Slice,
    Tuple,
    Type,
    TypeParam,
    UnionType,
    exported,
)
from tracer.golang.types.universe import BASICS, UNKNOWN, is_unknown


def underlying(t: Type) -> Type:
    """The underlying type; of a named type, resolved once. A cycle of declarations gives UNKNOWN."""
    seen = 0
    while isinstance(t, Named):
        if t.cached is None:
            t.cached = UNKNOWN
            t.cached = t.resolve()
        t = t.cached
        seen += 1
        if seen > 100:
            return UNKNOWN
    return t


def component(typ: Type, index: int) -> Type:
    """The type of one value of a multi-value expression: of a call, or with whether there is one."""
    if isinstance(typ, Tuple):
        return typ.types[index] if index < len(typ.types) else UNKNOWN
    return typ if index == 0 or is_unknown(typ) else BASICS["bool"]


def parameter(sig: Signature, index: int, *, spread: bool = False) -> Type:
    """The type of the parameter that takes the i-th argument."""
    last = len(sig.params) - 1
    if sig.variadic and index >= last >= 0:
        typ = sig.params[last]
        return typ.elem if isinstance(typ, Slice) and not spread else typ
    return sig.params[index] if index <= last else UNKNOWN


def is_interface(t: Type) -> bool:
    return isinstance(underlying(t), Interface)


def is_error(t: Type) -> bool:
    """Whether a type is ``error``, or another interface with its method."""
    under = underlying(t)
    return isinstance(under, Interface) and "Error" in methods_of(under)


def innermost(t: Type) -> Type:
    """What lists of lists, or pointers to them, hold in the end."""
    under = underlying(t)
    while isinstance(under, Slice | Array | Pointer):
        t = under.elem
        under = underlying(t)
    return t


def is_dynamic(t: Type) -> bool:
    """Whether a value of this type holds values of other types: interfaces and type parameters."""
    return isinstance(t, TypeParam | UnionType) or isinstance(underlying(t), Interface)


def deref(t: Type) -> Type:
    """The pointer's base type, or the type itself."""
    if isinstance(t, Pointer):
        return t.elem
    if isinstance(t, Named):
        under = underlying(t)
        if isinstance(under, Pointer):
            return under.elem
    return t


def methods_of(t: Interface) -> dict[str, Signature]:
    """All methods of an interface, with those of the embedded ones (Go spec, "Interface types")."""
    if t.flat is None:
        t.flat = {}
        flat: dict[str, Signature] = {}
        for embed in t.embeds:
            under = underlying(embed)
            if isinstance(under, Interface):
                flat.update(methods_of(under))
                t.homes.update(under.homes)
        flat.update(t.methods)
        if t.home is not None:
            t.homes.update((name, t.home) for name, _ in t.methods if not exported(name))
        t.flat = flat
    return t.flat
