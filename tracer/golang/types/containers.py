"""What types say of the values in them: whether they hold functions or interfaces, and whether they may fail."""

from __future__ import annotations

from tracer.golang import types as t

MAX_DEPTH = 4
"""How many containers may lie in one another, before elements of elements are given up: recursive types have no end."""


def carries(typ: t.Type, depth: int = 0) -> bool:
    """Functions, containers whose innermost elements are functions or interfaces, and type parameters, which may be either."""
    if isinstance(typ, t.TypeParam):
        return True
    match t.core(typ):
        case t.Signature():
            return True
        case t.Tuple() as several:
            return any(carries(x) for x in several.types)
        case t.Slice() | t.Array() | t.Chan() | t.Pointer() as one if depth < MAX_DEPTH:
            return t.is_dynamic(one.elem) or carries(one.elem, depth + 1)
        case t.Map() as pairs if depth < MAX_DEPTH:
            return any(t.is_dynamic(x) or carries(x, depth + 1) for x in (pairs.key, pairs.elem))
        case _:
            return False


def is_untyped(typ: t.Type, depth: int = 0) -> bool:
    """What has no known type, and containers of that."""
    if t.is_unknown(typ):
        return True
    match t.underlying(typ):
        case t.Slice() | t.Array() | t.Chan() | t.Pointer() as one if depth < MAX_DEPTH:
            return is_untyped(one.elem, depth + 1)
        case t.Map() as pairs if depth < MAX_DEPTH:
            return is_untyped(pairs.elem, depth + 1)
        case under:
            return t.is_unknown(under)


def is_container(typ: t.Type) -> bool:
    """Whether a type is a container of functions or interfaces."""
    return carries(typ) and not isinstance(t.core(typ), t.Signature)


def is_boxed(typ: t.Type) -> bool:
    """Whether a value lies in one of an interface where its type is this."""
    return isinstance(t.underlying(typ), t.Interface) and not isinstance(typ, t.TypeParam)


def may_fail(typ: t.Type) -> bool:
    """Whether a value holds errors, or others that give them when they are called: readers, transports, callbacks."""
    seen: set[t.Type] = set()
    pending = [typ]
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        match t.underlying(at):
            case t.Interface() as held:
                if at is t.EMPTY_INTERFACE or t.is_error(at) or any(map(_gives_error, t.methods_of(held).values())):
                    return True
            case t.Signature() as called if _gives_error(called):
                return True
            case t.Struct() as several:
                pending += [f.type for f in several.fields]
            case t.Slice() | t.Array() | t.Chan() | t.Pointer() as one:
                pending.append(one.elem)
            case t.Map() as pairs:
                pending += (pairs.key, pairs.elem)
            case _:
                pass
    return False


def _gives_error(sig: t.Signature) -> bool:
    return any(t.is_error(result) for result in sig.results)
