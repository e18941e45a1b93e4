"""Generic types and signatures instantiated (go/types' subst.go and instantiate.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tracer.golang.types.model import (
    Array,
    Basic,
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
    return _substitute(t, mapping, {})


def _substitute(t: Type, mapping: Mapping[TypeParam, Type], done: dict[Type, Type]) -> Type:
    """The same. Types share their parts: what became of each is in ``done``."""
    if isinstance(t, TypeParam):
        return mapping.get(t, t)
    if isinstance(t, Basic):
        return t
    found = done.get(t)
    if found is None:
        found = done[t] = _substituted(t, lambda x: _substitute(x, mapping, done))
    return found


def _substituted(t: Type, new: Callable[[Type], Type]) -> Type:
    """``t`` made of what is ``new`` for its parts."""
    match t:
        case Pointer():
            return pointer(new(t.elem))
        case Slice():
            return slice_of(new(t.elem))
        case Array():
            return array_of(new(t.elem), t.length)
        case Map():
            return map_of(new(t.key), new(t.elem))
        case Chan():
            return chan_of(t.direction, new(t.elem))
        case Tuple():
            return tuple_of([new(x) for x in t.types])
        case Signature():
            return signature([new(x) for x in t.params], [new(x) for x in t.results], variadic=t.variadic)
        case Named() if t.targs:
            return instance(t.obj, tuple([new(x) for x in t.targs]))
        case UnionType():
            return union([new(x) for x in t.terms])
        case Interface() if t.methods or t.embeds:
            methods: list[tuple[str, Signature]] = []
            for name, sig in t.methods:
                made = new(sig)
                methods.append((name, made if isinstance(made, Signature) else sig))
            return interface(methods, [new(e) for e in t.embeds], t.home)
        case Struct():
            fields = [(f, new(f.type)) for f in t.fields]
            if all(typ is f.type for f, typ in fields):
                return t
            return Struct(
                tuple(
                    Field(f.name, typ, f.embedded, f.pos, f.file, f.struct, f.declared, f.tag, f.within)
                    for f, typ in fields
                )
            )
        case _:
            return t


def has_type_params(t: Type) -> bool:
    """Whether a type parameter stands in a type: then it is another one for each instance."""
    # Types share their parts: each is looked at once.
    seen = {t}
    pending = [t]
    while pending:
        at = pending.pop()
        if isinstance(at, TypeParam) or (isinstance(at, Named) and at.obj.tparams and not at.targs):
            return True
        for part in _parts(at):
            if part not in seen:
                seen.add(part)
                pending.append(part)
    return False


def _parts(t: Type) -> Iterable[Type]:
    match t:
        case Pointer() | Slice() | Array() | Chan():
            return (t.elem,)
        case Map():
            return (t.key, t.elem)
        case Tuple():
            return t.types
        case Signature():
            return (*t.params, *t.results)
        case Named():
            return t.targs
        case UnionType():
            return t.terms
        case Interface():
            return (*(sig for _, sig in t.methods), *t.embeds)
        case Struct():
            return [f.type for f in t.fields]
        case _:
            return ()


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
