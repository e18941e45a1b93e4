"""Type arguments from argument types (Go spec, "Type inference" and "Type unification"; go/types' infer.go, unify.go)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tracer.golang.load.package import Package
from tracer.golang.types.constants import wider
from tracer.golang.types.identity import identical
from tracer.golang.types.lookup import select
from tracer.golang.types.model import (
    Array,
    Basic,
    Chan,
    Func,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Type,
    TypeParam,
)
from tracer.golang.types.substitution import substitute
from tracer.golang.types.typeset import single_core
from tracer.golang.types.under import methods_of, underlying
from tracer.golang.types.universe import UNKNOWN, UNTYPED_NIL, default_type, is_unknown
from tracer.syntax.ast import Direction

_MAX_DEPTH = 50


class Unifier:
    """Infers the types that type parameters are instantiated with."""

    __slots__ = ("_compared", "found", "package", "tparams", "type_of", "wanted", "written")

    def __init__(
        self,
        tparams: Iterable[TypeParam],
        type_of: Callable[[Func], Signature],
        package: Package | None,
    ) -> None:
        self.tparams = list(tparams)
        self.wanted = set(self.tparams)
        self.type_of = type_of
        self.package = package
        self.found: dict[TypeParam, Type] = {}
        self.written: set[TypeParam] = set()
        self._compared: dict[tuple[Type, Type, bool], bool] = {}

    def write(self, explicit: Mapping[TypeParam, Type]) -> None:
        """Type arguments that are written."""
        self.found.update(explicit)
        self.written.update(explicit)

    def add(self, tparams: Iterable[TypeParam]) -> None:
        """More type parameters, those of generic functions that are passed as arguments."""
        new = [p for p in tparams if p not in self.wanted]
        self.tparams += new
        self.wanted.update(new)

    def infer(self, params: Sequence[Type], args: Sequence[Type]) -> dict[TypeParam, Type]:
        """The type argument of each type parameter, as far as arguments and constraints decide it.

        Typed arguments decide first, then constraints' core types and methods; what only untyped constants are passed
        for gets the default type of the widest of them.
        """
        for param, arg in zip(params, args, strict=False):
            if not (isinstance(arg, Basic) and arg.untyped):
                self.unify(param, arg)
        self._constraints()
        self._untyped(params, args)
        self._constraints()
        return self._resolved()

    def _untyped(self, params: Sequence[Type], args: Sequence[Type]) -> None:
        widest: dict[TypeParam, Type] = {}
        for param, arg in zip(params, args, strict=False):
            if isinstance(param, TypeParam) and param in self.wanted and self._known(param) is None:
                if isinstance(arg, Basic) and arg.untyped and arg is not UNTYPED_NIL:
                    widest[param] = wider(widest[param], arg) if param in widest else arg
        for param, typ in widest.items():
            self._set(param, default_type(typ))

    def _constraints(self) -> None:
        for _ in self.tparams:
            before = len(self.found)
            for param in self.tparams:
                known = self._known(param)
                core = single_core(param.constraint)
                if core is not None and known is not None:
                    self.unify(known if isinstance(known, TypeParam) else underlying(known), core)
                elif core is not None:
                    self._set(param, core)
                elif known is not None:
                    self._methods(known, param.constraint)
            if len(self.found) == before:
                return

    def _methods(self, known: Type, constraint: Type) -> None:
        under = underlying(constraint)
        if not isinstance(under, Interface):
            return
        for name, want in methods_of(under).items():
            has = select(known, name, self.package, self.type_of)
            if has is not None and has.signature is not None:
                self.unify(has.signature, want, exact=True)

    # Type parameters that were found to be the same point to one another.

    def _root(self, param: TypeParam) -> TypeParam:
        seen = 0
        while isinstance(at := self.found.get(param), TypeParam) and at in self.wanted and seen < _MAX_DEPTH:
            param = at
            seen += 1
        return param

    def _known(self, param: TypeParam) -> Type | None:
        found = self.found.get(self._root(param))
        return None if isinstance(found, TypeParam) and found in self.wanted else found

    def _set(self, param: TypeParam, typ: Type) -> None:
        root = self._root(param)
        if root is not typ:
            self.found[root] = typ

    def unify(self, x: Type, y: Type, *, exact: bool = False) -> bool:
        """Whether two types can be one, with what type parameters stand for then; ``exact`` leaves out what may be assigned."""
        self._compared.clear()
        return self._unify(x, y, 0, exact=exact)

    def _unify(self, x: Type, y: Type, depth: int, *, exact: bool = False) -> bool:
        if x is y:
            return True
        if is_unknown(x) or is_unknown(y) or depth > _MAX_DEPTH:
            return False
        if isinstance(y, TypeParam) and y in self.wanted and not (isinstance(x, TypeParam) and x in self.wanted):
            x, y = y, x
        if isinstance(x, TypeParam) and x in self.wanted:
            return self._unify_param(x, y, depth, exact=exact)
        if not exact:
            if isinstance(x, Named) and not isinstance(y, Named | Basic | TypeParam | Interface):
                x = underlying(x)
            elif isinstance(y, Named) and not isinstance(x, Named | Basic | TypeParam | Interface):
                y = underlying(y)
        # Types share their parts: a pair is compared once, and is taken to be one while it is.
        pair = (x, y, exact)
        if pair not in self._compared:
            self._compared[pair] = True
            self._compared[pair] = self._unify_parts(x, y, depth + 1, exact=exact)
        return self._compared[pair]

    def _unify_param(self, x: TypeParam, y: Type, depth: int, *, exact: bool) -> bool:
        known = self._known(x)
        if isinstance(y, TypeParam) and y in self.wanted:
            other = self._known(y)
            if known is not None and other is not None:
                return self._unify(known, other, depth + 1, exact=exact)
            a, b = self._root(x), self._root(y)
            if a is not b:
                self.found[a if known is None else b] = b if known is None else a
            return True
        if known is None:
            self._set(x, y)
            return True
        if not self._unify(known, y, depth + 1, exact=exact):
            return False
        # A defined type is kept rather than its underlying type, a bidirectional channel rather than a directed one.
        named = isinstance(y, Named) and not isinstance(known, Named)
        directed = isinstance(known, Chan) and known.direction is not Direction.BOTH and isinstance(y, Chan)
        if (named or directed) and self._root(x) not in self.written:
            self._set(x, y)
        return True

    def _unify_parts(self, x: Type, y: Type, depth: int, *, exact: bool) -> bool:
        match x, y:
            case (Pointer(), Pointer()) | (Slice(), Slice()) | (Array(), Array()):
                return self._unify(x.elem, y.elem, depth, exact=True)
            case Chan(), Chan():
                return self._unify(x.elem, y.elem, depth, exact=True)
            case Map(), Map():
                key = self._unify(x.key, y.key, depth, exact=True)
                return self._unify(x.elem, y.elem, depth, exact=True) and key
            case Signature(), Signature():
                mine, theirs = (*x.params, *x.results), (*y.params, *y.results)
                return len(mine) == len(theirs) and self._all(mine, theirs, depth)
            case Struct(), Struct():
                mine, theirs = [f.type for f in x.fields], [f.type for f in y.fields]
                return len(mine) == len(theirs) and self._all(mine, theirs, depth)
            case Named(), Named() if x.obj is y.obj:
                return self._all(x.targs, y.targs, depth)
            case _:
                return self._unify_interfaces(x, y, depth, exact=exact)

    def _all(self, xs: Sequence[Type], ys: Sequence[Type], depth: int) -> bool:
        results = [self._unify(x, y, depth, exact=True) for x, y in zip(xs, ys, strict=False)]
        return all(results)

    def _unify_interfaces(self, x: Type, y: Type, depth: int, *, exact: bool) -> bool:
        """An interface unifies with what has its methods, where assignability is asked for."""
        mine, theirs = underlying(x), underlying(y)
        if isinstance(mine, Interface) and isinstance(theirs, Interface):
            have = methods_of(mine)
            rows = [(have[name], sig) for name, sig in methods_of(theirs).items() if name in have]
            return self._all([a for a, _ in rows], [b for _, b in rows], depth)
        if exact or not (isinstance(mine, Interface) or isinstance(theirs, Interface)):
            return x is y or identical(x, y)
        if isinstance(theirs, Interface):
            mine, y = theirs, x
        assert isinstance(mine, Interface)
        ok = True
        for name, want in methods_of(mine).items():
            has = select(y, name, self.package, self.type_of)
            if has is None or has.signature is None:
                return False
            ok = self._unify(want, has.signature, depth, exact=True) and ok
        return ok

    def _resolved(self) -> dict[TypeParam, Type]:
        """What was found, with the type parameters in it replaced by what was found for them."""
        out: dict[TypeParam, Type] = {}
        for param in self.tparams:
            known = self._known(param)
            if known is not None:
                out[param] = known
        for _ in self.tparams:
            new = {p: substitute(typ, out) if not _is_cycle(p, typ) else typ for p, typ in out.items()}
            if all(new[p] is out[p] for p in out):
                break
            out = new
        return out


def _is_cycle(param: TypeParam, typ: Type) -> bool:
    return substitute(typ, {param: UNKNOWN}) is not typ and not isinstance(typ, Struct)
