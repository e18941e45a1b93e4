"""The types that type expressions denote (go/types' typexpr.go)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.check.resolver import Resolver
from tracer.golang.check.scope import Scope
from tracer.golang.types.literals import unquote
from tracer.syntax import ast

# The types of C as Go names them, and those that C calls so itself (cmd/cgo, "Go references to C").
_C_TYPE = re.compile(
    r"(?:s|u)?char|u?(?:short|int|long|longlong)|(?:complex)?(?:float|double)|(?:struct|union|enum)_\w+|\w+_t"
)


class TypeExpressions:
    """Reads type expressions. ``type_of_name`` is what a type name declares, ``integer`` the value of a constant expression."""

    __slots__ = ("_integer", "_resolver", "_structs", "_type_of_name")

    def __init__(
        self,
        resolver: Resolver,
        type_of_name: Callable[[t.TypeName], t.Type],
        integer: Callable[[ast.Expr, Scope], int | None],
    ) -> None:
        self._resolver = resolver
        self._type_of_name = type_of_name
        self._integer = integer
        self._structs: dict[object, t.Struct] = {}

    def type_of(self, e: ast.Expr, scope: Scope) -> t.Type:
        """The type that an expression denotes; UNKNOWN where it denotes none."""
        match e:
            case ast.Ident() | ast.Selector():
                found = self._named(e, scope)
                if found is None and isinstance(e, ast.Selector):
                    return self._absent(e, scope)
                return self._type_of_name(found) if isinstance(found, t.TypeName) else t.UNKNOWN
            case ast.Star():
                return t.pointer(self.type_of(e.x, scope))
            case ast.ArrayType():
                elem = self.type_of(e.elem, scope)
                if e.length is None:
                    return t.slice_of(elem)
                return t.array_of(elem, None if is_open_array(e) else self._integer(e.length, scope))
            case ast.MapType():
                return t.map_of(self.type_of(e.key, scope), self.type_of(e.value, scope))
            case ast.ChanType():
                return t.chan_of(e.direction, self.type_of(e.value, scope))
            case ast.FuncType():
                return self.signature(e, scope)
            case ast.StructType():
                return self._unnamed(e, scope)
            case ast.InterfaceType():
                methods = [(m.name, self.signature(m.type, scope)) for m in e.methods]
                return t.interface(methods, [self.type_of(x, scope) for x in e.embeds], scope.file.package)
            case ast.Index():
                return self._instantiated(e, scope)
            case ast.Union():
                return t.union(self.type_of(term, scope) for term in e.terms)
            case _:
                return t.UNKNOWN

    def signature(self, e: ast.FuncType, scope: Scope) -> t.Signature:
        params = [self.type_of(p.type, scope) for p in e.params]
        variadic = bool(e.params) and e.params[-1].variadic
        if variadic:
            params[-1] = t.slice_of(params[-1])
        return t.signature(params, [self.type_of(r.type, scope) for r in e.results], variadic=variadic)

    def qualified(self, e: ast.Selector, scope: Scope) -> t.Object | None:
        """What ``package.Name`` means, or None if the left side is no package."""
        found = scope.lookup(e.x.name) if isinstance(e.x, ast.Ident) else None
        return self.imported(found, e.sel.name, scope) if isinstance(found, t.PkgName) else None

    def imported(self, package: t.PkgName, name: str, scope: Scope) -> t.Object | None:
        """The object that an imported package declares under a name."""
        found = self._resolver.program.package(package.path, scope.file.package)
        return self._resolver.lookup(found, name) if found is not None else None

    def _absent(self, e: ast.Selector, scope: Scope) -> t.Type:
        """A type of a package that is not among the sources."""
        found = scope.lookup(e.x.name) if isinstance(e.x, ast.Ident) else None
        if not isinstance(found, t.PkgName) or found.path == "C":
            return t.UNKNOWN
        package = self._resolver.program.package(found.path, scope.file.package)
        return t.absent(found.path, e.sel.name) if package is None else t.UNKNOWN

    def _named(self, e: ast.Expr, scope: Scope) -> t.Object | None:
        match e:
            case ast.Ident():
                return scope.lookup(e.name)
            case ast.Selector():
                return self.qualified(e, scope)
            case _:
                return None

    def declared(self, e: ast.Expr, scope: Scope) -> t.Type:
        """The type that a type declaration gives a name to: a struct is its own."""
        return self._struct(e, scope) if isinstance(e, ast.StructType) else self.type_of(e, scope)

    def _struct(self, e: ast.StructType, scope: Scope) -> t.Struct:
        types = self._field_types(e, scope)
        return t.Struct(
            tuple(
                t.Field(f.name, typ, f.embedded, f.pos, scope.file, tag=_tag(f))
                for f, typ in zip(e.fields, types, strict=True)
            )
        )

    def _unnamed(self, e: ast.StructType, scope: Scope) -> t.Struct:
        """A struct type without a name: made once, wherever it is written (Go spec, "Type identity")."""
        types = self._field_types(e, scope)
        package = scope.file.package
        own = package.is_std or not all(t.exported(f.name) for f in e.fields)
        within = t.Unnamed(tuple(f.name for f in e.fields), package if own else None)
        key = (within, *types, *((f.embedded, f.tag) for f in e.fields))
        found = self._structs.get(key)
        if found is None:
            found = self._structs[key] = t.Struct(
                tuple(
                    t.Field(f.name, typ, f.embedded, 0, None, tag=_tag(f), within=within)
                    for f, typ in zip(e.fields, types, strict=True)
                )
            )
        return found

    def _field_types(self, e: ast.StructType, scope: Scope) -> list[t.Type]:
        # ``a, b T`` is one type.
        types: dict[int, t.Type] = {}
        for f in e.fields:
            if id(f.type) not in types:
                types[id(f.type)] = self.type_of(f.type, scope)
        return [types[id(f.type)] for f in e.fields]

    def _instantiated(self, e: ast.Index, scope: Scope) -> t.Type:
        found = self._named(e.x, scope)
        if not isinstance(found, t.TypeName):
            return t.UNKNOWN
        base = self._type_of_name(found)
        targs = tuple(self.type_of(i, scope) for i in e.indices)
        if found.spec is not None and found.spec.alias:
            return t.substitute(base, dict(zip(found.tparams, targs, strict=False)))
        return t.instance(found, targs)


def _tag(f: ast.FieldDecl) -> str:
    return unquote(f.tag) if f.tag else ""


def is_open_array(e: ast.Expr) -> bool:
    """Whether a type is ``[...]T``, whose literal decides its length."""
    return isinstance(e, ast.ArrayType) and isinstance(e.length, ast.Ident) and e.length.name == "..."


def is_c_type(name: str) -> bool:
    """Whether ``C.name`` is one of C's types."""
    return _C_TYPE.fullmatch(name) is not None
