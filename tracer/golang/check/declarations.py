"""What declared objects are (go/types' decl.go): the types of functions, variables and type names, the values of constants.

Each is decided when it is first asked for; what depends on itself is not known.
"""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.check.operand import (
    BUILTIN,
    CONSTANTS,
    INVALID,
    NIL,
    TYPES,
    VALUES,
    VARIABLES,
    Mode,
    Operand,
    constant,
)
from tracer.golang.check.resolver import Resolver
from tracer.golang.check.scope import Scope
from tracer.golang.check.typexpr import TypeExpressions
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.types.constants import represent
from tracer.syntax import ast

# Selections are met again in the same package.
_KEPT = 1 << 12

Initial = Callable[[ast.Expr, Scope, "t.Type | None"], Operand]


class Declarations:
    """The types and values of one program's declared objects.

    ``initial`` returns the operand of an initialiser, as one of the declared type if there is one. ``constants`` are the
    operands of constants, local ones included. ``owners`` has what a type parameter belongs to, and its index;
    ``receivers`` the method that names it anew for its receiver.
    """

    __slots__ = ("_asked", "_initial", "_selections", "constants", "owners", "receivers", "resolver", "types")

    def __init__(self, resolver: Resolver, initial: Initial) -> None:
        self.resolver = resolver
        self.types = TypeExpressions(resolver, self.type_of_name, self._integer)
        self.constants: dict[t.Const, Operand] = dict(_UNIVERSE)
        self.owners: dict[t.TypeParam, tuple[t.Func | t.TypeName, int]] = {}
        self.receivers: dict[t.TypeParam, t.Func] = {}
        self._initial = initial
        self._asked: set[t.Var] = set()
        self._selections: dict[tuple[t.Type, str, Package | None], t.Selection] = {}

    def scope(self, file: File, parent: Scope | None = None, iota: int | None = None) -> Scope:
        """A block's scope in a file; without a parent, that of file level."""
        return Scope(file, parent, iota, self.resolver.file(file))

    def operand_of(self, obj: t.Object) -> Operand:
        """What an object's name denotes."""
        match obj:
            case t.Var():
                return VARIABLES[self._global_type(obj) if _is_undecided(obj) else obj.type]
            case t.Func():
                return VALUES[self.signature_of(obj)]
            case t.Const():
                return self.constant(obj)
            case t.TypeName():
                return TYPES[self.type_of_name(obj)]
            case t.Nil():
                return NIL
            case t.Builtin():
                return BUILTIN
            case t.PkgName():
                return INVALID

    # Functions

    def signature_of(self, func: t.Func) -> t.Signature:
        """The type of a declared function; for a method without its receiver."""
        if func.signature is None:
            func.signature = t.signature((), ())
            decl = self.header(func)
            scope = self.scope(func.file)
            func.tparams = self._receiver_tparams(func, decl, scope)
            own = self._type_params(decl.tparams, scope)
            func.tparams += own
            for i, param in enumerate(own):
                self.owners[param] = (func, i)
            func.signature = self.types.signature(decl.type, scope)
        return func.signature

    def header(self, func: t.Func) -> ast.FuncDecl:
        """A function as it is declared; its body may be left out."""
        if func.decl is not None:
            return func.decl
        decl = func.file.header(self.unit_of(func).declaration)
        func.pos = decl.pos
        return decl

    def declaration(self, func: t.Func) -> ast.FuncDecl:
        """A function as it is declared, with its body."""
        if func.decl is None:
            func.decl = func.file.function(self.unit_of(func).declaration)
            func.pos = func.decl.pos
        return func.decl

    def unit_of(self, func: t.Func) -> Unit:
        d = func.file.declaration_at(func.start)
        assert d is not None, f"{func.full_name} is not in {func.file.path}"
        return func.file.unit(d)

    def receiver_type(self, func: t.Func) -> t.Type:
        """The type of a method's receiver."""
        self.signature_of(func)
        if func.recv is None:
            return t.UNKNOWN
        base = self.type_of_name(func.recv)
        if func.recv.tparams and func.tparams:
            base = t.instance(func.recv, func.tparams[: len(func.recv.tparams)])
        return t.pointer(base) if func.pointer else base

    def _receiver_tparams(self, func: t.Func, decl: ast.FuncDecl, scope: Scope) -> tuple[t.TypeParam, ...]:
        if decl.recv is None or func.recv is None:
            return ()
        typ = decl.recv.type
        while isinstance(typ, ast.Star):
            typ = typ.x
        if not isinstance(typ, ast.Index):
            return ()
        self.type_of_name(func.recv)
        out: list[t.TypeParam] = []
        for index in typ.indices:
            name = index.name if isinstance(index, ast.Ident) else "_"
            out.append(_declared_param(name, scope))
        declared = func.recv.tparams
        mapping = dict(zip(declared, out, strict=False))
        for i, (param, origin) in enumerate(zip(out, declared, strict=False)):
            self.owners[param] = (func.recv, i)
            self.receivers[param] = func
            param.constraint = t.substitute(origin.constraint, mapping)
        return tuple(out)

    def _type_params(
        self, params: tuple[ast.Param, ...], scope: Scope, obj: t.TypeName | None = None
    ) -> tuple[t.TypeParam, ...]:
        """Declares type parameters in ``scope``; their constraints may speak of each other, and of their type."""
        out = tuple(_declared_param(p.name, scope) for p in params)
        if obj is not None:
            obj.tparams = out
            for i, param in enumerate(out):
                self.owners[param] = (obj, i)
        for param, source in zip(out, params, strict=True):
            param.constraint = self.types.type_of(source.type, scope)
        return out

    # Types

    def select(self, typ: t.Type, name: str, package: Package) -> t.Selection | None:
        """What ``x.name`` means in a package, for an x of a type."""
        key = (typ, name, None if t.exported(name) else package)
        found = self._selections.get(key)
        if found is None:
            found = t.select(typ, name, package, self.signature_of)
            if found is not None:
                if len(self._selections) >= _KEPT:
                    self._selections.clear()
                self._selections[key] = found
        return found

    def type_of_name(self, obj: t.TypeName, scope: Scope | None = None) -> t.Type:
        """The type that a type name declares; ``scope`` is where a local one is declared."""
        if obj.type is not None:
            return obj.type
        spec, file = obj.spec, obj.file
        if spec is None or file is None:
            obj.type = t.UNKNOWN
            return obj.type
        inner = self.scope(file, scope)
        if spec.alias:
            obj.type = t.UNKNOWN
            if spec.tparams:
                self._type_params(spec.tparams, inner, obj)
            obj.type = self.types.type_of(spec.type, inner)
            return obj.type

        def resolve() -> t.Type:
            return _owned(t.underlying(self.types.declared(spec.type, inner)), obj)

        named = t.Named(obj, (), resolve)
        obj.type = named
        if spec.tparams:
            self._type_params(spec.tparams, inner, obj)
            named.targs = obj.tparams
        return named

    # Variables and constants

    def _global_type(self, var: t.Var) -> t.Type:
        spec = self.resolver.specs.get(var)
        if spec is None or var in self._asked:
            return t.UNKNOWN
        self._asked.add(var)
        scope = self.scope(var.file)
        if spec.type is not None:
            var.type = self.types.type_of(spec.type, scope)
        elif len(spec.values) == len(spec.names):
            var.type = t.default_type(self._initial(spec.values[var.index], scope, None).type)
        elif spec.values:
            var.type = t.component(self._initial(spec.values[0], scope, None).type, var.index)
        return var.type

    def constant(self, const: t.Const) -> Operand:
        """The operand of a declared constant."""
        found = self.constants.get(const)
        if found is None:
            self.constants[const] = INVALID
            found = self.constants[const] = self._constant(const)
            const.type = found.type
        return found

    def _constant(self, const: t.Const) -> Operand:
        spec = self.resolver.specs.get(const)
        if spec is None or const.file is None:
            return INVALID
        scope = self.scope(const.file, iota=const.iota)
        typ = self.types.type_of(spec.type, scope) if spec.type is not None else None
        if const.value is None:
            return CONSTANTS[typ or t.UNKNOWN]
        return as_declared(self._initial(const.value, scope, typ), typ)

    def _integer(self, e: ast.Expr, scope: Scope) -> int | None:
        whole = represent(self._initial(e, scope, None).value, t.UNTYPED["int"])
        return whole if isinstance(whole, int) else None


def as_declared(x: Operand, typ: t.Type | None) -> Operand:
    """The operand of a constant that is declared with an initialiser and a type, or without a type."""
    if typ is None:
        return x if x.mode is Mode.CONSTANT else CONSTANTS[x.type]
    return constant(typ, represent(x.value, typ))


def _is_undecided(var: t.Var) -> bool:
    return t.is_unknown(var.type) and var.role == "global"


def _declared_param(name: str, scope: Scope) -> t.TypeParam:
    param = t.TypeParam(name, t.EMPTY_INTERFACE)
    scope.names[name] = t.TypeName(name, None, None, None, type=param)
    return param


def _owned(under: t.Type, obj: t.TypeName) -> t.Type:
    if isinstance(under, t.Struct):
        for f in under.fields:
            if f.within is None:
                f.struct = f.struct or obj.full_name
    return under


def _predeclared(name: str) -> t.Const:
    obj = t.UNIVERSE[name]
    assert isinstance(obj, t.Const)
    return obj


_UNIVERSE = {
    _predeclared("false"): constant(t.UNTYPED["bool"], value=False),
    _predeclared("true"): constant(t.UNTYPED["bool"], value=True),
    # Where no declaration of constants is.
    _predeclared("iota"): CONSTANTS[t.UNTYPED["int"]],
}
