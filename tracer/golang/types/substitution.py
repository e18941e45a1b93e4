"""Generic types and signatures instantiated (go/types' subst.go and instantiate.go)."""

from __future__ import annotations

from collections.abc import Mapping

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
    Tuple,
    Type,
    TypeName,
    TypeParam,
    UnionType,
    array_of,
    chan_of,
    interface,
    map_of,
    pointer,
    signature,
    slice_of,
    tuple_of,
    union,
)
from tracer.golang.types.under import underlying
from tracer.golang.types.universe import UNKNOWN


def substitute(t: Type, mapping: Mapping[TypeParam, Type]) -> Type:
    """``t`` with type parameters replaced (go/types' subst.go)."""
    match t:
        case TypeParam():
            return mapping.get(t, t)
        case Pointer():
            return pointer(substitute(t.elem, mapping))
        case Slice():
            return slice_of(substitute(t.elem, mapping))
        case Array():
            return array_of(substitute(t.elem, mapping), t.length)
        case Map():
            return map_of(substitute(t.key, mapping), substitute(t.elem, mapping))
        case Chan():
            return chan_of(t.direction, substitute(t.elem, mapping))
        case Tuple():
            return tuple_of(substitute(x, mapping) for x in t.types)
        case Signature():
            return signature(
                [substitute(x, mapping) for x in t.params],
                [substitute(x, mapping) for x in t.results],
                variadic=t.variadic,
            )
        case Named() if t.targs:
            return instance(t.obj, tuple(substitute(x, mapping) for x in t.targs))
        case UnionType():
            return union(substitute(x, mapping) for x in t.terms)
        case Interface() if t.methods or t.embeds:
            methods: list[tuple[str, Signature]] = []
            for name, sig in t.methods:
                new = substitute(sig, mapping)
                methods.append((name, new if isinstance(new, Signature) else sig))
            return interface(methods, [substitute(e, mapping) for e in t.embeds], t.home)
        case Struct():
            fields = [(f, substitute(f.type, mapping)) for f in t.fields]
            if all(new is f.type for f, new in fields):
                return t
            return Struct(
                tuple(
                    Field(f.name, n, f.embedded, f.pos, f.file, f.struct, f.declared, f.tag, f.within)
                    for f, n in fields
                )
            )
        case _:
            return t


def has_type_params(t: Type) -> bool:
    """Whether a type parameter stands in a type: then it is another one for each instance."""
    match t:
        case TypeParam():
            return True
        case Pointer() | Slice() | Array() | Chan():
            return has_type_params(t.elem)
        case Map():
            return has_type_params(t.key) or has_type_params(t.elem)
        case Tuple():
            return any(has_type_params(x) for x in t.types)
        case Signature():
            return any(has_type_params(x) for x in (*t.params, *t.results))
        case Named():
            return any(has_type_params(x) for x in t.targs) or bool(t.obj.tparams and not t.targs)
        case UnionType():
            return any(has_type_params(x) for x in t.terms)
        case Interface():
            return any(has_type_params(sig) for _, sig in t.methods) or any(has_type_params(e) for e in t.embeds)
        case Struct():
            return any(has_type_params(f.type) for f in t.fields)
        case _:
            return False


def instance(obj: TypeName, targs: tuple[Type, ...]) -> Type:
    """The generic type instantiated; equal arguments give the same type."""
    origin = obj.type
    if origin is None or not targs or not obj.tparams:
        return origin or UNKNOWN
    if targs == obj.tparams:
        return origin
    found = obj.instances.get(targs)
    if found is None:
        mapping = dict(zip(obj.tparams, targs, strict=False))
        found = Named(obj, targs, lambda: substitute(underlying(origin), mapping))
        obj.instances[targs] = found
    return found
