"""Knows the objects, types and units of one program (go/types' job), each decided when it is asked for.

``Checker.check`` visits a unit (a function, or the initialisers of variables) once and returns its ``Info``.
"""

from __future__ import annotations

import re

from tracer.golang import types as t
from tracer.golang.check.evaluate import evaluate
from tracer.golang.check.info import Info, lighten
from tracer.golang.check.resolver import Resolver
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Walker
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.load.program import Program
from tracer.golang.types import constants
from tracer.golang.types.constants import Constant
from tracer.golang.types.literals import unquote
from tracer.syntax import ast

_LITERAL = re.compile(rb"\bfunc\s*\(")
# The types of C as Go names them, and those that C calls so itself (cmd/cgo, "Go references to C").
_C_TYPE = re.compile(
    r"(?:s|u)?char|u?(?:short|int|long|longlong)|(?:complex)?(?:float|double)|(?:struct|union|enum)_\w+|\w+_t"
)


class Checker:
    """Checks the units of one program; keeps what it found.

    With ``lean``, what is found is all that stays of a function: its statements go. ``boxed`` are the declared types of
    which values were seen to go to a place of an interface type, or are the type arguments of a function. ``owners`` tells what
    a type parameter is of, and which one; ``arguments`` what stood for those of functions, in the units that were checked.
    """

    def __init__(self, program: Program, *, lean: bool = False) -> None:
        self.program = program
        self.resolver = Resolver(program)
        self.lean = lean
        self.infos: dict[Unit, Info] = {}
        self.var_infos: dict[t.Var, Info] = {}
        self.constants: dict[t.Const, Constant | None] = {}
        self.busy: set[object] = set()
        self.boxed: set[t.TypeName] = set()
        self.owners: dict[t.TypeParam, tuple[t.Func | t.TypeName, int]] = {}
        self.arguments: dict[t.TypeParam, dict[t.Type, None]] = {}
        # Few ranges are different ones: each is kept once.
        self.ranges: dict[tuple[int, int | None], tuple[int, int | None]] = {}
        self._literals_before: dict[Package, dict[Unit, int]] = {}

    def scope(self, file: File, parent: Scope | None = None, iota: int | None = None) -> Scope:
        """A block's scope in a file: without a parent, that of what stands at file level."""
        return Scope(file, parent, iota, self.resolver.file(file))

    # Objects

    def literals_before(self, unit: Unit) -> int:
        """How many function literals may stand in the package's variables before a unit: names of them must differ."""
        package = unit.file.package
        known = self._literals_before.get(package)
        if known is None:
            known = self._literals_before[package] = {}
            count = 0
            for file in package.files:
                for declaration in file.facts.declarations:
                    if declaration.kind == "var":
                        known[file.unit(declaration)] = count
                        count += len(_LITERAL.findall(file.source, declaration.start, declaration.end))
        return known.get(unit, 0)

    def signature_of(self, func: t.Func) -> t.Signature:
        """The type of a declared function; for a method without its receiver."""
        if func.signature is None:
            func.signature = t.signature((), ())
            decl = self.header(func)
            scope = self.scope(func.file)
            func.tparams = self._receiver_tparams(func, decl, scope)
            own = self.type_params(decl.tparams, scope)
            func.tparams += own
            for i, param in enumerate(own):
                self.owners[param] = (func, i)
            func.signature = self.func_type(decl.type, scope)
        return func.signature

    def header(self, func: t.Func) -> ast.FuncDecl:
        """A function as it is declared; its body may be left out."""
        if func.decl is not None:
            return func.decl
        d = func.file.declaration_at(func.start)
        assert d is not None, f"{func.full_name} is not in {func.file.path}"
        decl = func.file.header(d)
        func.pos = decl.pos
        return decl

    def declaration(self, func: t.Func) -> ast.FuncDecl:
        if func.decl is None:
            d = func.file.declaration_at(func.start)
            if d is not None:
                func.decl = func.file.function(d)
                func.pos = func.decl.pos
        assert func.decl is not None
        return func.decl

    def unit_of(self, func: t.Func) -> Unit:
        d = func.file.declaration_at(func.start)
        assert d is not None, f"{func.full_name} is not in {func.file.path}"
        return func.file.unit(d)

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
            param = t.TypeParam(name, t.EMPTY_INTERFACE)
            scope.names[name] = t.TypeName(name, None, None, None, type=param)
            out.append(param)
        declared = func.recv.tparams
        mapping = dict(zip(declared, out, strict=False))
        for i, (param, origin) in enumerate(zip(out, declared, strict=False)):
            self.owners[param] = (func.recv, i)
            param.constraint = t.substitute(origin.constraint, mapping)
        return tuple(out)

    def type_params(
        self, params: tuple[ast.Param, ...], scope: Scope, obj: t.TypeName | None = None
    ) -> tuple[t.TypeParam, ...]:
        """Declares type parameters in ``scope``; their constraints may speak of each other, and of their type."""
        made = tuple(t.TypeParam(p.name, t.EMPTY_INTERFACE) for p in params)
        for param in made:
            scope.names[param.name] = t.TypeName(param.name, None, None, None, type=param)
        if obj is not None:
            obj.tparams = made
            for i, param in enumerate(made):
                self.owners[param] = (obj, i)
        for param, source in zip(made, params, strict=True):
            param.constraint = self.type_expr(source.type, scope)
        return made

    def type_of_name(self, obj: t.TypeName, scope: Scope | None = None) -> t.Type:
        """The type that a type name declares."""
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
                self.type_params(spec.tparams, inner, obj)
            obj.type = self.type_expr(spec.type, inner)
            return obj.type

        def resolve() -> t.Type:
            found = self.type_expr(spec.type, inner)
            return self._owned(t.underlying(found), obj)

        named = t.Named(obj, (), resolve)
        obj.type = named
        if spec.tparams:
            self.type_params(spec.tparams, inner, obj)
            named.targs = obj.tparams
        return named

    def _owned(self, under: t.Type, obj: t.TypeName) -> t.Type:
        if isinstance(under, t.Struct):
            for f in under.fields:
                f.struct = f.struct or obj.full_name
        return under

    def type_of_object(self, obj: t.Object) -> t.Type:
        match obj:
            case t.Func():
                return self.signature_of(obj)
            case t.Var() if obj.role == "global" and obj.type is t.UNKNOWN:
                return self._global_type(obj)
            case t.Var():
                return obj.type
            case t.Const() if obj.type is t.UNKNOWN:
                return self._const_type(obj)
            case t.Const():
                return obj.type
            case t.TypeName():
                return self.type_of_name(obj)
            case t.Nil():
                return t.UNTYPED_NIL
            case _:
                return t.UNKNOWN

    def _global_type(self, var: t.Var) -> t.Type:
        spec = self.resolver.specs.get(var)
        if spec is None or var in self.busy:
            return t.UNKNOWN
        self.busy.add(var)
        try:
            scope = self.scope(var.file)
            if spec.type is not None:
                var.type = self.type_expr(spec.type, scope)
                return var.type
            walker = Walker(self, Info(var.file.unit(_declaration(var)), None, ""), scope)
            position = next((i for i, n in enumerate(spec.names) if n.pos == var.pos), 0)
            if len(spec.values) == len(spec.names):
                var.type = t.default_type(walker.expr(spec.values[position], scope))
            elif spec.values:
                var.type = t.component(walker.expr(spec.values[0], scope), position)
            return var.type
        finally:
            self.busy.discard(var)

    def _declared_type(self, const: t.Const) -> ast.Expr | None:
        spec = self.resolver.specs.get(const)
        return spec.type if spec is not None else None

    def _const_type(self, const: t.Const) -> t.Type:
        if const in self.busy or const.file is None:
            return t.UNKNOWN
        declared = self._declared_type(const)
        if declared is None:
            value = self.value_of(const)
            if value is not None:
                const.type = value.type
                return const.type
        self.busy.add(const)
        try:
            scope = self.scope(const.file, iota=const.iota)
            if declared is not None:
                const.type = self.type_expr(declared, scope)
            elif const.value is not None:
                const.type = self._scratch(const.file, scope).expr(const.value, scope)
            return const.type
        finally:
            self.busy.discard(const)

    def _scratch(self, file: File, scope: Scope) -> Walker:
        """A walker whose findings are not kept."""
        declaration = file.declaration_at(0) or file.facts.declarations[0]
        return Walker(self, Info(file.unit(declaration), None, ""), scope)

    def value_of(self, const: t.Const) -> Constant | None:
        """The value of a declared constant; None if it could not be computed."""
        if const in self.constants:
            return self.constants[const]
        if const.file is None or const.value is None:
            return _UNIVERSE_VALUES.get(const.name) if const.package is None else None
        self.constants[const] = None
        scope = self.scope(const.file, iota=const.iota)
        declared = self._declared_type(const)
        typ = self.type_expr(declared, scope) if declared is not None else None
        found = self.constants[const] = self.evaluate(const.value, scope, typ)
        return found

    def evaluate(self, expr: ast.Expr, scope: Scope, typ: t.Type | None = None) -> Constant | None:
        """The value of a constant expression, converted to ``typ`` if it is given (Go spec, "Constants")."""
        found = evaluate(expr, _Names(self, scope))
        if found is None or typ is None:
            return found
        value = constants.represent(found.value, typ)
        return None if value is None else Constant(value, typ)

    def scratch_type(self, expr: ast.Expr, scope: Scope) -> t.Type:
        """The type of an expression, outside of the unit that holds it."""
        if expr in self.busy:
            return t.UNKNOWN
        self.busy.add(expr)
        try:
            return self._scratch(scope.file, scope).expr(expr, scope)
        finally:
            self.busy.discard(expr)

    def constant(self, expr: ast.Expr | None, file: File) -> str | None:
        """The value of a constant string expression."""
        found = self.evaluate(expr, self.scope(file)) if expr is not None else None
        return found.value if found is not None and isinstance(found.value, str) else None

    # Type expressions

    def type_expr(self, expr: ast.Expr, scope: Scope) -> t.Type:
        """The type that a type expression denotes; UNKNOWN where it denotes none."""
        match expr:
            case ast.Ident():
                found = scope.lookup(expr.name)
                return self.type_of_name(found) if isinstance(found, t.TypeName) else t.UNKNOWN
            case ast.Selector():
                found = self.qualified(expr, scope)
                return self.type_of_name(found) if isinstance(found, t.TypeName) else t.UNKNOWN
            case ast.Star():
                return t.pointer(self.type_expr(expr.x, scope))
            case ast.ArrayType():
                elem = self.type_expr(expr.elem, scope)
                return t.slice_of(elem) if expr.length is None else t.array_of(elem, self._length(expr.length, scope))
            case ast.MapType():
                return t.map_of(self.type_expr(expr.key, scope), self.type_expr(expr.value, scope))
            case ast.ChanType():
                return t.chan_of(expr.direction, self.type_expr(expr.value, scope))
            case ast.FuncType():
                return self.func_type(expr, scope)
            case ast.StructType():
                return t.Struct(
                    tuple(
                        t.Field(f.name, typ, f.embedded, f.pos, scope.file, tag=unquote(f.tag) if f.tag else "")
                        for f, typ in self._field_types(expr.fields, scope)
                    )
                )
            case ast.InterfaceType():
                methods = [(m.name, self.func_type(m.type, scope)) for m in expr.methods]
                return t.interface(methods, [self.type_expr(e, scope) for e in expr.embeds], scope.file.package)
            case ast.Index():
                return self._instantiated(expr, scope)
            case ast.Union():
                return t.union(self.type_expr(term, scope) for term in expr.terms)
            case _:
                return t.UNKNOWN

    def _field_types(self, fields: tuple[ast.FieldDecl, ...], scope: Scope) -> list[tuple[ast.FieldDecl, t.Type]]:
        """``a, b T`` is one type."""
        made: dict[int, t.Type] = {}
        for f in fields:
            if id(f.type) not in made:
                made[id(f.type)] = self.type_expr(f.type, scope)
        return [(f, made[id(f.type)]) for f in fields]

    def _length(self, expr: ast.Expr, scope: Scope) -> int | None:
        """The length of an array type; of ``[...]T`` its literal tells."""
        if isinstance(expr, ast.Ident) and expr.name == "...":
            return None
        found = self.evaluate(expr, scope, t.UNTYPED["int"])
        return found.value if found is not None and isinstance(found.value, int) else None

    def _instantiated(self, expr: ast.Index, scope: Scope) -> t.Type:
        match expr.x:
            case ast.Ident():
                found = scope.lookup(expr.x.name)
            case ast.Selector():
                found = self.qualified(expr.x, scope)
            case _:
                return t.UNKNOWN
        if not isinstance(found, t.TypeName):
            return t.UNKNOWN
        base = self.type_of_name(found)
        targs = tuple(self.type_expr(i, scope) for i in expr.indices)
        if found.spec is not None and found.spec.alias:
            return t.substitute(base, dict(zip(found.tparams, targs, strict=False)))
        return t.instance(found, targs)

    def func_type(self, expr: ast.FuncType, scope: Scope) -> t.Signature:
        params = [self.type_expr(p.type, scope) for p in expr.params]
        variadic = bool(expr.params) and expr.params[-1].variadic
        if variadic:
            params[-1] = t.slice_of(params[-1])
        return t.signature(params, [self.type_expr(r.type, scope) for r in expr.results], variadic=variadic)

    def qualified(self, expr: ast.Selector, scope: Scope) -> t.Object | None:
        """What ``package.Name`` means, or None if the left side is no package."""
        if not isinstance(expr.x, ast.Ident):
            return None
        found = scope.lookup(expr.x.name)
        if not isinstance(found, t.PkgName):
            return None
        package = self.program.package(found.path, scope.file.package)
        if package is None:
            return None
        return self.resolver.lookup(package, expr.sel.name)

    def is_type(self, e: ast.Expr, scope: Scope) -> bool:
        """Whether an expression denotes a type."""
        while isinstance(e, ast.Star | ast.Index):
            e = e.x
        match e:
            case ast.Ident():
                return isinstance(scope.lookup(e.name), t.TypeName)
            case ast.Selector(ast.Ident(name=left), ast.Ident(name=right)):
                imported = scope.lookup(left)
                if isinstance(imported, t.PkgName) and imported.path == "C":
                    return _C_TYPE.fullmatch(right) is not None
                return isinstance(self.qualified(e, scope), t.TypeName)
            case ast.ArrayType() | ast.MapType() | ast.ChanType() | ast.FuncType():
                return True
            case ast.StructType() | ast.InterfaceType():
                return True
            case _:
                return False

    # Units

    def check(self, unit: Unit) -> Info:
        """Everything about one unit; computed once."""
        info = self.infos.get(unit)
        if info is None:
            info = self._check(unit)
        return info

    def check_func(self, func: t.Func) -> Info:
        return self.check(self.unit_of(func))

    def func_at(self, unit: Unit) -> t.Func | None:
        """The function object that a unit declares."""
        d, package = unit.declaration, unit.file.package
        declared = self.resolver.package(package)
        if d.kind == "method":
            found = declared.method(d.receiver, d.names[0])
        else:
            found = declared.lookup(d.names[0]) if d.names[0] not in ("init", "_") else None
        if isinstance(found, t.Func) and found.file is unit.file and found.start == d.start:
            return found
        func = t.Func(d.names[0], package, unit.file, d.start, d.start)
        if d.names[0] == "init":
            func.name = _init_name(package, unit)
        if d.kind == "method":
            recv = declared.lookup(d.receiver)
            func.recv = recv if isinstance(recv, t.TypeName) else None
        return func

    def _check(self, unit: Unit) -> Info:
        if unit.declaration.kind not in ("func", "method"):
            info = self.infos[unit] = Info(unit, None, f"{unit.file.package.path}.init")
            scope = self.scope(unit.file)
            walker = Walker(self, info, scope)
            for spec in unit.file.specs(unit.declaration):
                if isinstance(spec, ast.ValueSpec) and spec.kind == "var":
                    walker.global_spec(spec, scope)
            return info
        func = self.func_at(unit)
        assert func is not None
        info = self.infos[unit] = Info(unit, func, func.full_name)
        decl = self.declaration(func)
        scope = self.scope(unit.file)
        sig = self.signature_of(func)
        for param in func.tparams:
            scope.names[param.name] = t.TypeName(param.name, None, None, None, type=param)
        walker = Walker(self, info, scope)
        if decl.recv is not None:
            info.receiver = walker.declare(decl.recv.name, self._receiver_type(func), "recv", decl.recv.pos, scope)
            info.receiver.owner = func
        info.params = walker.parameters(decl.type.params, sig.params, func, scope, "param")
        results = walker.parameters(decl.type.results, sig.results, func, scope, "result")
        walker.owner = func
        walker.named_results(results, func)
        if decl.body is not None:
            walker.stmts(decl.body.stmts, scope)
            if self.lean:
                lighten(info, decl.body)
        return info

    def _receiver_type(self, func: t.Func) -> t.Type:
        if func.recv is None:
            return t.UNKNOWN
        base = self.type_of_name(func.recv)
        if func.recv.tparams and func.tparams:
            base = t.instance(func.recv, func.tparams[: len(func.recv.tparams)])
        return t.pointer(base) if func.pointer else base

    def receiver_type(self, func: t.Func) -> t.Type:
        """The type of a method's receiver."""
        self.signature_of(func)
        return self._receiver_type(func)


def _declaration(var: t.Var):
    assert isinstance(var.owner, Unit)
    return var.owner.declaration


def _init_name(package: Package, unit: Unit) -> str:
    """``init#1`` and so on, in the order in which the files are given to the compiler."""
    count = 0
    for file in package.files:
        if b"func init()" not in file.source:
            continue
        for d in file.facts.declarations:
            if d.kind == "func" and d.names[0] == "init":
                count += 1
                if file is unit.file and d.start == unit.declaration.start:
                    return f"init#{count}"
    return "init"


_UNIVERSE_VALUES = {
    "false": Constant(False, t.UNTYPED["bool"]),
    "true": Constant(True, t.UNTYPED["bool"]),
}


class _Names:
    """What names mean to ``evaluate`` in a scope."""

    def __init__(self, checker: Checker, scope: Scope) -> None:
        self.checker = checker
        self.scope = scope

    def constant(self, e: ast.Ident | ast.Selector) -> Constant | None:
        obj = self.scope.lookup(e.name) if isinstance(e, ast.Ident) else self.checker.qualified(e, self.scope)
        if not isinstance(obj, t.Const):
            return None
        if obj is t.UNIVERSE["iota"]:
            scope: Scope | None = self.scope
            while scope is not None and scope.iota is None:
                scope = scope.parent
            return Constant(scope.iota, t.UNTYPED["int"]) if scope is not None and scope.iota is not None else None
        return self.checker.value_of(obj)

    def type(self, e: ast.Expr) -> t.Type | None:
        return self.checker.type_expr(e, self.scope) if self.checker.is_type(e, self.scope) else None

    def type_of(self, e: ast.Expr) -> t.Type:
        return self.checker.scratch_type(e, self.scope)

    def builtin(self, e: ast.Expr) -> str:
        found = self.scope.lookup(e.name) if isinstance(e, ast.Ident) else None
        if isinstance(e, ast.Selector):
            found = self.checker.qualified(e, self.scope)
        return found.name if isinstance(found, t.Builtin) else ""
