"""Type arguments from argument types (Go spec, "Type inference" and "Type unification"; go/types' infer.go, unify.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tracer.golang import types as t
from tracer.golang.types.constants import wider

if TYPE_CHECKING:
    from tracer.golang.load.package import Package

_MAX_DEPTH = 50


class Unifier:
    """Finds what type parameters stand for."""

    def __init__(
        self,
        tparams: Iterable[t.TypeParam],
        type_of: Callable[[t.Func], t.Signature],
        package: Package | None,
    ) -> None:
        self.tparams = list(tparams)
        self.wanted = set(self.tparams)
        self.type_of = type_of
        self.package = package
        self.found: dict[t.TypeParam, t.Type] = {}
        self.written: set[t.TypeParam] = set()

    def write(self, explicit: Mapping[t.TypeParam, t.Type]) -> None:
        """Type arguments that are written."""
        self.found.update(explicit)
        self.written.update(explicit)

    def add(self, tparams: Iterable[t.TypeParam]) -> None:
        """More type parameters, those of generic functions that are passed as arguments."""
        new = [p for p in tparams if p not in self.wanted]
        self.tparams += new
        self.wanted.update(new)

    def infer(self, params: Sequence[t.Type], args: Sequence[t.Type]) -> dict[t.TypeParam, t.Type]:
        """What each type parameter stands for, as far as arguments and constraints tell.

        Typed arguments decide first, then constraints' core types and methods; what only untyped constants are passed
        for gets the default type of the widest of them.
        """
        for param, arg in zip(params, args, strict=False):
            if not (isinstance(arg, t.Basic) and arg.untyped):
                self.unify(param, arg)
        self._constraints()
        self._untyped(params, args)
        self._constraints()
        return self._resolved()

    def _untyped(self, params: Sequence[t.Type], args: Sequence[t.Type]) -> None:
        widest: dict[t.TypeParam, t.Type] = {}
        for param, arg in zip(params, args, strict=False):
            if isinstance(param, t.TypeParam) and param in self.wanted and self._known(param) is None:
                if isinstance(arg, t.Basic) and arg.untyped and arg is not t.UNTYPED_NIL:
                    widest[param] = wider(widest[param], arg) if param in widest else arg
        for param, typ in widest.items():
            self._set(param, t.default_type(typ))

    def _constraints(self) -> None:
        for _ in self.tparams:
            before = len(self.found)
            for param in self.tparams:
                known = self._known(param)
                core = t.single_core(param.constraint)
                if core is not None and known is not None:
                    self.unify(known if isinstance(known, t.TypeParam) else t.underlying(known), core)
                elif core is not None:
                    self._set(param, core)
                elif known is not None:
                    self._methods(known, param.constraint)
            if len(self.found) == before:
                return

    def _methods(self, known: t.Type, constraint: t.Type) -> None:
        under = t.underlying(constraint)
        if not isinstance(under, t.Interface):
            return
        for name, want in t.methods_of(under).items():
            has = t.select(known, name, self.package, self.type_of)
            if has is not None and has.signature is not None:
                self.unify(has.signature, want, exact=True)

    # Type parameters that were found to be the same point to one another.

    def _root(self, param: t.TypeParam) -> t.TypeParam:
        seen = 0
        while isinstance(at := self.found.get(param), t.TypeParam) and at in self.wanted and seen < _MAX_DEPTH:
            param = at
            seen += 1
        return param

    def _known(self, param: t.TypeParam) -> t.Type | None:
        found = self.found.get(self._root(param))
        return None if isinstance(found, t.TypeParam) and found in self.wanted else found

    def _set(self, param: t.TypeParam, typ: t.Type) -> None:
        root = self._root(param)
        if root is not typ:
            self.found[root] = typ

    def unify(self, x: t.Type, y: t.Type, depth: int = 0, *, exact: bool = False) -> bool:
        if x is y:
            return True
        if x is t.UNKNOWN or y is t.UNKNOWN or depth > _MAX_DEPTH:
            return False
        if isinstance(y, t.TypeParam) and y in self.wanted and not (isinstance(x, t.TypeParam) and x in self.wanted):
            x, y = y, x
        if isinstance(x, t.TypeParam) and x in self.wanted:
            return self._unify_param(x, y, depth, exact=exact)
        if not exact:
            if isinstance(x, t.Named) and not isinstance(y, t.Named | t.Basic | t.TypeParam | t.Interface):
                x = t.underlying(x)
            elif isinstance(y, t.Named) and not isinstance(x, t.Named | t.Basic | t.TypeParam | t.Interface):
                y = t.underlying(y)
        return self._unify_parts(x, y, depth + 1, exact=exact)

    def _unify_param(self, x: t.TypeParam, y: t.Type, depth: int, *, exact: bool) -> bool:
        known = self._known(x)
        if isinstance(y, t.TypeParam) and y in self.wanted:
            other = self._known(y)
            if known is not None and other is not None:
                return self.unify(known, other, depth + 1, exact=exact)
            a, b = self._root(x), self._root(y)
            if a is not b:
                self.found[a if known is None else b] = b if known is None else a
            return True
        if known is None:
            self._set(x, y)
            return True
        if not self.unify(known, y, depth + 1, exact=exact):
            return False
        # A defined type is kept rather than its underlying type, a bidirectional channel rather than a directed one.
        named = isinstance(y, t.Named) and not isinstance(known, t.Named)
        directed = isinstance(known, t.Chan) and known.direction != "both" and isinstance(y, t.Chan)
        if (named or directed) and self._root(x) not in self.written:
            self._set(x, y)
        return True

    def _unify_parts(self, x: t.Type, y: t.Type, depth: int, *, exact: bool) -> bool:
        match x, y:
            case (t.Pointer(), t.Pointer()) | (t.Slice(), t.Slice()) | (t.Array(), t.Array()):
                return self.unify(x.elem, y.elem, depth, exact=True)
            case t.Chan(), t.Chan():
                return self.unify(x.elem, y.elem, depth, exact=True)
            case t.Map(), t.Map():
                key = self.unify(x.key, y.key, depth, exact=True)
                return self.unify(x.elem, y.elem, depth, exact=True) and key
            case t.Signature(), t.Signature():
                mine, theirs = (*x.params, *x.results), (*y.params, *y.results)
                return len(mine) == len(theirs) and self._all(mine, theirs, depth)
            case t.Struct(), t.Struct():
                mine, theirs = [f.type for f in x.fields], [f.type for f in y.fields]
                return len(mine) == len(theirs) and self._all(mine, theirs, depth)
            case t.Named(), t.Named() if x.obj is y.obj:
                return self._all(x.targs, y.targs, depth)
            case _:
                return self._unify_interfaces(x, y, depth, exact=exact)

    def _all(self, xs: Sequence[t.Type], ys: Sequence[t.Type], depth: int) -> bool:
        results = [self.unify(x, y, depth, exact=True) for x, y in zip(xs, ys, strict=False)]
        return all(results)

    def _unify_interfaces(self, x: t.Type, y: t.Type, depth: int, *, exact: bool) -> bool:
        """An interface unifies with what has its methods, where assignability is asked for."""
        mine, theirs = t.underlying(x), t.underlying(y)
        if isinstance(mine, t.Interface) and isinstance(theirs, t.Interface):
            have = t.methods_of(mine)
            rows = [(have[name], sig) for name, sig in t.methods_of(theirs).items() if name in have]
            return self._all([a for a, _ in rows], [b for _, b in rows], depth)
        if exact or not (isinstance(mine, t.Interface) or isinstance(theirs, t.Interface)):
            return x is y or t.identical(x, y)
        if isinstance(theirs, t.Interface):
            mine, y = theirs, x
        assert isinstance(mine, t.Interface)
        ok = True
        for name, want in t.methods_of(mine).items():
            has = t.select(y, name, self.package, self.type_of)
            if has is None or has.signature is None:
                return False
            ok = self.unify(want, has.signature, depth, exact=True) and ok
        return ok

    def _resolved(self) -> dict[t.TypeParam, t.Type]:
        """What was found, with the type parameters in it replaced by what was found for them."""
        out: dict[t.TypeParam, t.Type] = {}
        for param in self.tparams:
            known = self._known(param)
            if known is not None:
                out[param] = known
        for _ in self.tparams:
            new = {p: t.substitute(typ, out) if not _is_cycle(p, typ) else typ for p, typ in out.items()}
            if all(new[p] is out[p] for p in out):
                break
            out = new
        return out


def _is_cycle(param: t.TypeParam, typ: t.Type) -> bool:
    return t.substitute(typ, {param: t.UNKNOWN}) is not typ and not isinstance(typ, t.Struct)
