"""Type arguments from argument types (Go spec, "Type inference")."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.golang import types as t


def infer(
    tparams: Sequence[t.TypeParam], params: Sequence[t.Type], args: Sequence[t.Type]
) -> dict[t.TypeParam, t.Type]:
    """What each type parameter stands for, as far as arguments and constraints tell.

    Typed arguments decide first, untyped constants by their default type last, then core types of constraints.
    """
    wanted = frozenset(tparams)
    found: dict[t.TypeParam, t.Type] = {}
    for param, arg in zip(params, args, strict=False):
        if not (isinstance(arg, t.Basic) and arg.untyped):
            _unify(param, arg, wanted, found)
    for param, arg in zip(params, args, strict=False):
        if isinstance(arg, t.Basic) and arg.untyped and arg is not t.UNTYPED_NIL:
            _unify(param, t.default_type(arg), wanted, found)
    for _ in tparams:
        for tparam in tparams:
            constraint = tparam.constraint
            if isinstance(constraint, t.Named | t.TypeParam | t.Interface | t.UnionType):
                continue
            if tparam in found:
                _unify(constraint, t.underlying(found[tparam]), wanted, found)
            else:
                new = t.substitute(constraint, found)
                if new is not constraint:
                    found[tparam] = new
    return found


def _unify(
    param: t.Type, arg: t.Type, wanted: frozenset[t.TypeParam], found: dict[t.TypeParam, t.Type], depth: int = 0
) -> None:
    if arg is t.UNKNOWN or depth > 20:
        return
    match param:
        case t.TypeParam():
            if param in wanted:
                found.setdefault(param, arg)
            return
        case t.Named():
            if isinstance(arg, t.Named) and arg.obj is param.obj:
                for x, y in zip(param.targs, arg.targs, strict=False):
                    _unify(x, y, wanted, found, depth + 1)
                return
            if not param.targs:
                return
            param = t.underlying(param)
        case _:
            pass
    if isinstance(arg, t.Named):
        arg = t.underlying(arg)
    match param, arg:
        case (t.Pointer(), t.Pointer()) | (t.Slice(), t.Slice()) | (t.Array(), t.Array()) | (t.Chan(), t.Chan()):
            _unify(param.elem, arg.elem, wanted, found, depth + 1)
        case t.Map(), t.Map():
            _unify(param.key, arg.key, wanted, found, depth + 1)
            _unify(param.elem, arg.elem, wanted, found, depth + 1)
        case t.Signature(), t.Signature():
            for x, y in zip((*param.params, *param.results), (*arg.params, *arg.results), strict=False):
                _unify(x, y, wanted, found, depth + 1)
        case t.Interface(), t.Interface():
            theirs = t.methods_of(arg)
            for name, sig in t.methods_of(param).items():
                if name in theirs:
                    _unify(sig, theirs[name], wanted, found, depth + 1)
        case _:
            pass
