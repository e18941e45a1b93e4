"""Types every expression of one declaration (go/types' job) and notes what its code does with values.

What is found goes into an ``Info``: the type of each expression, what each name means, the calls, the reads of constants and
variables, and the flows: which expression is stored in which variable, field, element or result. The flows are the input of
``flow``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.codes import Detail, Message
from tracer.golang import types as t
from tracer.golang.check.builtins import call_builtin
from tracer.golang.check.conversion import handed_on
from tracer.golang.check.info import CallSite, Info, Literal, Node, Read
from tracer.golang.check.scope import Scope
from tracer.golang.types import constants
from tracer.golang.types.inference import Unifier
from tracer.syntax import ast

if TYPE_CHECKING:
    from tracer.golang.check.checker import Checker

_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_SHIFTS = frozenset(("<<", ">>"))
_NO_INTEGERS = (t.UNTYPED["float"], t.UNTYPED["complex"])
_LITERAL_TYPES = {"INT": "int", "FLOAT": "float", "IMAG": "complex", "CHAR": "rune", "STRING": "string"}


class Walker:
    """Walks the code of one unit."""

    def __init__(self, checker: Checker, info: Info, scope: Scope) -> None:
        self.checker = checker
        self.info = info
        self.file = scope.file
        self.package = scope.file.package
        # Whose results a return gives, and in whose code a call stands: in the body of a range over a function, two.
        self.owner: object = info.func
        self.caller: object = info.func
        self.modifier = ""
        # The literals of all package variables are those of one function, init.
        self.literals = checker.literals_before(info.unit) if info.func is None else 0
        # Untyped expressions that are no constants (comparisons, shifts), and calls that are constants.
        self.varying: set[ast.Expr] = set()
        self.steady: set[ast.Expr] = set()
        # Generic functions as values that still lack type arguments, with those that are written.
        self.generic: dict[ast.Expr, tuple[t.Func, dict[t.TypeParam, t.Type]]] = {}
        self.loops: tuple[object, ...] = ()
        self.results: dict[object, list[t.Var]] = {}
        self.declared_in: dict[t.Var, tuple[object, tuple[object, ...]]] = {}

    # Declarations

    def declare(self, name: str, typ: t.Type, role: str, pos: ast.Pos, scope: Scope) -> t.Var:
        var = t.Var(name, typ, role, pos, self.file, self.info.unit)
        self.declared_in[var] = (self.owner, self.loops)
        if name and name != "_":
            scope.names[name] = var
        return var

    def parameters(
        self, params: tuple[ast.Param, ...], types: tuple[t.Type, ...], owner: object, scope: Scope, role: str
    ) -> list[t.Var]:
        out: list[t.Var] = []
        for i, param in enumerate(params):
            var = self.declare(param.name, types[i] if i < len(types) else t.UNKNOWN, role, param.pos, scope)
            var.owner, var.index = owner, i
            out.append(var)
        return out

    def named_results(self, results: list[t.Var], owner: object) -> None:
        self.results[owner] = results
        for i, var in enumerate(results):
            if var.name:
                self.flow(("r", owner, i), ("v", var), var.pos)

    def global_spec(self, spec: ast.ValueSpec, scope: Scope) -> None:
        """The initialisers of package variables: flows into the declared objects."""
        typ = self.checker.type_expr(spec.type, scope) if spec.type is not None else None
        for i, value in enumerate(spec.values):
            self.assigned(value, scope, typ)
            if len(spec.values) == len(spec.names):
                self._global(spec.names[i], ("x", self.info, value))
        if len(spec.values) == 1 and len(spec.names) > 1:
            for i, name in enumerate(spec.names):
                if typ is not None:
                    self.goes(t.component(self.info.types.get(spec.values[0], t.UNKNOWN), i), typ, name.pos)
                self._global(name, self.part(spec.values[0], i))

    def _global(self, name: ast.Ident, source: Node) -> None:
        var = self.checker.resolver.lookup(self.package, name.name)
        if isinstance(var, t.Var):
            self.flow(("v", var), source, name.pos)

    def local_spec(self, spec: ast.ValueSpec, scope: Scope) -> None:
        typ = self.checker.type_expr(spec.type, scope) if spec.type else None
        if spec.kind == "const":
            self._local_consts(spec, typ, scope)
            return
        values = [self.assigned(value, scope, typ) for value in spec.values]
        for i, name in enumerate(spec.names):
            paired = len(values) == len(spec.names)
            found = values[i] if paired else t.component(values[0], i) if values else t.UNKNOWN
            var = self.declare(name.name, typ or found, "local", name.pos, scope)
            if paired:
                self.flow(("v", var), ("x", self.info, spec.values[i]), name.pos)
            elif values:
                self.goes(found, var.type, name.pos)
                self.flow(("v", var), self.part(spec.values[0], i), name.pos)

    def _local_consts(self, spec: ast.ValueSpec, typ: t.Type | None, scope: Scope) -> None:
        inner = Scope(self.file, scope, spec.iota)
        made: list[t.Const] = []
        for name, value in zip(spec.names, spec.values, strict=False):
            found = self.expr(value, inner) if typ is None else self.assigned(value, inner, typ)
            const = t.Const(name.name, None, self.file, name.pos, typ or found, value, spec.iota)
            known = self.checker.constants[const] = self.checker.evaluate(value, inner, typ)
            if typ is None and known is not None:
                const.type = known.type
            made.append(const)
        scope.names.update((const.name, const) for const in made)

    def flow(self, target: Node, source: Node, pos: ast.Pos) -> None:
        self.info.flows.setdefault(target, []).append((source, pos))

    def store(self, target: Node, source: Node, pos: ast.Pos, scope: Scope) -> None:
        """An assignment statement: what the variable held before is gone for the rest of the block."""
        var = target[1]
        if target[0] == "v" and isinstance(var, t.Var) and var.role != "global":
            scope.kills[var] = len(self.info.flows.get(target, ()))
            if self.declared_in[var][0] is not self.owner:
                self.info.captured |= {var}
        self.flow(target, source, pos)

    def part(self, expr: ast.Expr, index: int) -> Node:
        """The i-th value of an expression on the right of a multi-value assignment."""
        if isinstance(expr, ast.Call):
            return ("xi", self.info, expr, index)
        return ("x", self.info, expr) if index == 0 else ("none",)

    # Statements

    def stmts(self, stmts: tuple[ast.Stmt, ...], scope: Scope) -> None:
        for stmt in stmts:
            self.stmt(stmt, scope)

    def stmt(self, stmt: ast.Stmt | None, scope: Scope) -> None:
        match stmt:
            case None:
                return
            case ast.ExprStmt():
                self.expr(stmt.x, scope)
            case ast.Assign():
                self._assign(stmt, scope)
            case ast.Return():
                self._return(stmt, scope)
            case ast.If():
                inner = Scope(self.file, scope)
                self.stmt(stmt.init, inner)
                self.expr(stmt.cond, inner)
                self.stmts(stmt.then.stmts, Scope(self.file, inner))
                self.stmt(stmt.other, inner)
            case ast.Block():
                self.stmts(stmt.stmts, Scope(self.file, scope))
            case ast.DeclStmt():
                self._decl(stmt, scope)
            case ast.For():
                inner = Scope(self.file, scope)
                self.stmt(stmt.init, inner)
                self.loops = (*self.loops, stmt)
                if stmt.cond is not None:
                    self.expr(stmt.cond, inner)
                self.stmts(stmt.body.stmts, Scope(self.file, inner))
                self.stmt(stmt.post, inner)
                self.loops = self.loops[:-1]
            case ast.Range():
                self._range(stmt, scope)
            case ast.Switch():
                inner = Scope(self.file, scope)
                self.stmt(stmt.init, inner)
                tag = self.assigned(stmt.tag, inner) if stmt.tag is not None else t.BASICS["bool"]
                for case in stmt.cases:
                    for e in case.exprs:
                        self.assigned(e, inner, tag)
                    self.stmts(case.body, Scope(self.file, inner))
            case ast.TypeSwitch():
                self._type_switch(stmt, scope)
            case ast.Select():
                for case in stmt.cases:
                    inner = Scope(self.file, scope)
                    self.stmt(case.comm, inner)
                    self.stmts(case.body, inner)
            case ast.Go() | ast.Defer():
                self.modifier = "go" if isinstance(stmt, ast.Go) else "defer"
                self.expr(stmt.call, scope)
                self.modifier = ""
            case ast.Send():
                channel = t.core(self.expr(stmt.channel, scope))
                self.assigned(stmt.value, scope, channel.elem if isinstance(channel, t.Chan) else None)
                place = self.place(stmt.channel)
                if place is not None:
                    self.flow(("e", place), ("x", self.info, stmt.value), _pos(stmt.value))

    def _decl(self, stmt: ast.DeclStmt, scope: Scope) -> None:
        for spec in stmt.specs:
            if isinstance(spec, ast.TypeSpec):
                obj = t.TypeName(spec.name, self.package, self.file, spec, spec.pos, local=True)
                scope.names[spec.name] = obj
                self.checker.type_of_name(obj, scope)
            else:
                self.local_spec(spec, scope)

    def _assign(self, stmt: ast.Assign, scope: Scope) -> None:
        if stmt.op not in ("=", ":="):
            left = [self.expr(e, scope) for e in stmt.lhs]
            for e in stmt.rhs:
                right = self.expr(e, scope)
                if left and t.is_untyped(right) and stmt.op not in ("<<=", ">>="):
                    self.settle(e, right, left[0])
            return
        hints = [self._target(e, stmt.op, scope) for e in stmt.lhs]
        paired = len(stmt.lhs) == len(stmt.rhs)
        values = [self.assigned(e, scope, hints[i] if paired else None) for i, e in enumerate(stmt.rhs)]
        fresh: list[tuple[ast.Ident, t.Type]] = []
        for i, target in enumerate(stmt.lhs):
            if paired:
                source, typ = ("x", self.info, stmt.rhs[i]), values[i]
            elif stmt.rhs:
                source, typ = self.part(stmt.rhs[0], i), t.component(values[0], i)
                if (hint := hints[i]) is not None:
                    self.goes(typ, hint, _pos(target))
            else:
                continue
            if stmt.op == ":=" and isinstance(target, ast.Ident) and target.name not in scope.names:
                fresh.append((target, typ))
                if target.name == "_":
                    continue
                var = self.declare(target.name, typ, "local", target.pos, self.checker.scope(self.file))
                self.info.uses[target] = var
                self.info.types[target] = typ
                self.flow(("v", var), source, target.pos)
                continue
            if stmt.op == ":=":
                self.expr(target, scope)
            place = self.place(target)
            if place is not None:
                self.store(place, source, _pos(target), scope)
                if isinstance(target, ast.Index) and target.indices:
                    self.flow(("k", place[1]), ("x", self.info, target.indices[0]), _pos(target))
        for target, _ in fresh:
            var = self.info.uses.get(target)
            if var is not None:
                scope.names[target.name] = var

    def _target(self, e: ast.Expr, op: str, scope: Scope) -> t.Type | None:
        """The type of what is assigned to; None where the value tells it."""
        if op == "=":
            return None if _blank(e) else self.expr(e, scope)
        declared = scope.names.get(e.name) if isinstance(e, ast.Ident) else None
        return declared.type if isinstance(declared, t.Var) else None

    def _return(self, stmt: ast.Return, scope: Scope) -> None:
        self.info.returns.append((stmt, self.owner))
        results = self._result_types()
        for i, e in enumerate(stmt.results):
            self.assigned(e, scope, results[i] if i < len(results) else None)
        sources: list[Node]
        if len(stmt.results) == 1 and len(results) > 1:
            [call] = stmt.results
            sources = [self.part(call, i) for i in range(len(results))]
            for i, result in enumerate(results):
                self.goes(t.component(self.info.types.get(call, t.UNKNOWN), i), result, stmt.pos)
        else:
            sources = [("x", self.info, e) for e in stmt.results]
        for i, source in enumerate(sources):
            self.flow(("r", self.owner, i), source, stmt.pos)
            # A deferred function sees what a return has stored in a named result.
            named = self.results.get(self.owner, ())
            if i < len(named) and named[i].name:
                self.flow(("v", named[i]), source, stmt.pos)

    def _result_types(self) -> tuple[t.Type, ...]:
        if isinstance(self.owner, t.Func):
            return self.checker.signature_of(self.owner).results
        return self.owner.signature.results if isinstance(self.owner, Literal) else ()

    def _range(self, stmt: ast.Range, scope: Scope) -> None:
        inner = Scope(self.file, scope)
        typ = self.expr(stmt.x, scope)
        if t.is_untyped(typ) and typ is not t.UNTYPED["string"]:
            typ = self.settle(stmt.x, typ, None)
        self.loops = (*self.loops, stmt)
        key, value = range_types(typ)
        x: Node = ("x", self.info, stmt.x)
        under = t.core(t.deref(typ))
        if isinstance(under, t.Signature):
            self._range_over_func(stmt, under, inner)
            self.loops = self.loops[:-1]
            return
        first: Node = ("e", x) if isinstance(under, t.Chan) else ("k", x)
        sources = [first, ("e", x)]
        for i, target in enumerate(stmt.lhs[:2]):
            if stmt.define and isinstance(target, ast.Ident):
                var = self.declare(target.name, (key, value)[i], "local", target.pos, inner)
                self.info.uses[target] = var
                self.info.types[target] = var.type
                self.flow(("v", var), sources[i], target.pos)
            elif not _blank(target):
                self.goes((key, value)[i], self.expr(target, scope), _pos(target))
                place = self.place(target)
                if place is not None:
                    self.flow(place, sources[i], _pos(target))
        self.stmts(stmt.body.stmts, Scope(self.file, inner))
        self.loops = self.loops[:-1]

    def _range_over_func(self, stmt: ast.Range, iterator: t.Signature, scope: Scope) -> None:
        """The body is a function that the iterator calls (Go spec, "For statements with range clause"; go/ssa makes one too)."""
        typ = iterator.params[0] if iterator.params else t.UNKNOWN
        under = t.core(typ)
        sig = under if isinstance(under, t.Signature) else t.signature((), ())
        lit = ast.FuncLit(ast.FuncType((), (), stmt.pos), stmt.body, stmt.pos)
        self.info.types[lit] = typ
        literal = self._literal(lit, sig)
        call = ast.Call(stmt.x, (lit,), False, stmt.pos, stmt.pos, stmt.end)
        site = self._site(call, iterator)
        site.owner = self.caller
        self.info.calls.append(site)
        self.info.sites[call] = site
        for i, part in enumerate(sig.params):
            target = stmt.lhs[i] if i < len(stmt.lhs) else None
            name = target.name if stmt.define and isinstance(target, ast.Ident) else ""
            var = self.declare(name, part, "param", _pos(target) if target is not None else stmt.pos, scope)
            var.owner, var.index = literal, i
            literal.params.append(var)
            if target is None or _blank(target):
                continue
            if name:
                self.info.uses[target] = var
                self.info.types[target] = var.type
            else:
                self.goes(part, self.expr(target, scope), _pos(target))
                place = self.place(target)
                if place is not None:
                    self.flow(place, ("v", var), _pos(target))
        caller, self.caller = self.caller, literal
        self.stmts(stmt.body.stmts, Scope(self.file, scope))
        self.caller = caller

    def _type_switch(self, stmt: ast.TypeSwitch, scope: Scope) -> None:
        inner = Scope(self.file, scope)
        self.stmt(stmt.init, inner)
        typ = self.expr(stmt.x, inner)
        for case in stmt.cases:
            clause = Scope(self.file, inner)
            types = [self.expr(e, inner) if _is_nil(e) else self.checker.type_expr(e, inner) for e in case.exprs]
            if stmt.bind is not None:
                narrow = types[0] if len(types) == 1 and not _is_nil(case.exprs[0]) else typ
                var = self.declare(stmt.bind.name, narrow, "local", stmt.bind.pos, clause)
                self.flow(("v", var), ("x", self.info, stmt.x), stmt.bind.pos)
            self.stmts(case.body, clause)

    # Places: what an expression denotes as a variable that holds values

    def place(self, e: ast.Expr) -> Node | None:
        match e:
            case ast.Ident():
                used = self.info.uses.get(e)
                return ("v", used) if isinstance(used, t.Var) else None
            case ast.Selector():
                used = self.info.uses.get(e)
                if isinstance(used, t.Var):
                    return ("v", used)
                selection = self.info.selections.get(e)
                if selection is not None and selection.field is not None:
                    return ("f", selection.field.declared)
                return None
            case ast.Index():
                inner = self.place(e.x)
                return ("e", inner) if inner is not None else None
            case ast.Star(x=ast.Unary(op="&") as pointer):
                return self.place(pointer.x)
            case ast.Star():
                inner = self.place(e.x)
                return ("*", inner) if inner is not None else None
            case ast.SliceExpr() | ast.TypeAssert():
                return self.place(e.x)
            case ast.Unary(op="&"):
                return self.place(e.x)
            case ast.Call() | ast.Unary(op="<-"):
                return ("x", self.info, e)
            case _:
                return None

    # Expressions

    def expr(self, e: ast.Expr, scope: Scope, hint: t.Type | None = None) -> t.Type:
        """The type of an expression; ``hint`` is the type of what it is assigned to, where that is known."""
        typ = self._expr(e, scope, hint)
        self.info.types[e] = typ
        return typ

    def assigned(self, e: ast.Expr, scope: Scope, target: t.Type | None = None) -> t.Type:
        """The type of an expression whose value goes to a place of type ``target``, or of its own default type."""
        typ = self.expr(e, scope, target)
        if isinstance(typ, t.Basic):
            return self.settle(e, typ, target) if typ.untyped else typ
        if target is not None:
            if isinstance(typ, t.Signature) and e in self.generic:
                return self._specialised(e, typ, target)
            self.goes(typ, target, _pos(e))
        return typ

    def goes(self, typ: t.Type, target: t.Type, pos: ast.Pos) -> None:
        """Notes what it means for types that a value goes to a place: it may lie in an interface, or hand on its fields."""
        if typ is target:
            return
        base = typ.elem if isinstance(typ, t.Pointer) else typ
        if target is t.UNKNOWN or t.is_dynamic(target):
            # go/ssa's MakeInterface.
            if isinstance(base, t.Named) and base.obj not in self.info.boxed and not t.is_interface(base):
                self.info.boxed[base.obj] = None
        elif not isinstance(base, t.Basic | t.Signature):
            for into, source in handed_on(typ, target):
                self.flow(("f", into), ("f", source), pos)

    def settle(self, e: ast.Expr, typ: t.Type, target: t.Type | None) -> t.Type:
        """Gives an untyped expression its final type (go/types' implicitTypeAndValue, updateExprType)."""
        if typ is t.UNTYPED_NIL:
            return typ
        final = t.default_type(typ)
        if isinstance(target, t.TypeParam):
            final = target
        elif target is not None and target is not t.UNKNOWN and isinstance(t.underlying(target), t.Basic):
            final = constants.wider(typ, target) if t.is_untyped(target) else target
        self._retype(e, final)
        return final

    def _retype(self, e: ast.Expr, typ: t.Type) -> None:
        types = self.info.types
        while t.is_untyped(types.get(e, t.UNKNOWN)):
            types[e] = typ
            # The operands of a constant are never values of their own.
            if e not in self.varying or not isinstance(e, ast.Unary | ast.Binary):
                return
            if isinstance(e, ast.Binary):
                if e.op in _COMPARISONS:
                    return
                if e.op not in _SHIFTS:
                    self._retype(e.y, typ)
            e = e.x

    def is_constant(self, e: ast.Expr) -> bool:
        """Whether an expression that was visited is constant (Go spec, "Constant expressions")."""
        while True:
            match e:
                case ast.BasicLit():
                    return True
                case ast.Ident() | ast.Selector():
                    return isinstance(self.info.uses.get(e), t.Const)
                case ast.Unary():
                    if e.op not in ("+", "-", "!", "^"):
                        return False
                    e = e.x
                case ast.Binary():
                    if e in self.varying or not self.is_constant(e.y):
                        return False
                    e = e.x
                case _:
                    return e in self.steady

    def _expr(self, e: ast.Expr, scope: Scope, hint: t.Type | None) -> t.Type:
        match e:
            case ast.Ident():
                return self._ident(e, scope)
            case ast.Selector():
                return self._selector(e, scope)
            case ast.Call():
                return self._call(e, scope)
            case ast.BasicLit():
                return t.UNTYPED[_LITERAL_TYPES[e.kind]]
            case ast.CompositeLit():
                return self._composite(e, scope, hint)
            case ast.FuncLit():
                return self._func_lit(e, scope)
            case ast.Unary():
                return self._unary(e, scope, hint)
            case ast.Star():
                if self.checker.is_type(e, scope):
                    return self.checker.type_expr(e, scope)
                typ = self.expr(e.x, scope)
                under = t.core(typ)
                return under.elem if isinstance(under, t.Pointer) else t.UNKNOWN
            case ast.Binary():
                return self._binary(e, scope)
            case ast.Index():
                return self._index(e, scope)
            case ast.SliceExpr():
                typ = self.expr(e.x, scope)
                for index in e.indices:
                    self.assigned(index, scope, t.BASICS["int"])
                under = t.core(t.deref(typ))
                return t.slice_of(under.elem) if isinstance(under, t.Array) else t.default_type(typ)
            case ast.TypeAssert():
                self.expr(e.x, scope)
                return self.checker.type_expr(e.type, scope)
            case ast.Bad():
                return t.UNKNOWN
            case _:
                return self.checker.type_expr(e, scope)

    def _ident(self, e: ast.Ident, scope: Scope) -> t.Type:
        found = scope.lookup(e.name)
        if found is None:
            return t.UNKNOWN
        if isinstance(found, t.Var) and found.role != "global":
            until: int | None = None
            if self.declared_in.get(found) == (self.owner, self.loops):
                until = len(self.info.flows.get(("v", found), ()))
            stores = (scope.since(found), until)
            self.info.reaching[e] = self.checker.ranges.setdefault(stores, stores)
        return self._use(e, found, e.pos)

    def _use(self, e: ast.Expr, found: t.Object, pos: ast.Pos) -> t.Type:
        self.info.uses[e] = found
        is_global = isinstance(found, t.Var) and found.role == "global"
        if is_global or (isinstance(found, t.Const) and found.package is not None):
            assert isinstance(found, t.Var | t.Const)
            self.info.reads.append(Read(found, e, pos, self.caller))
        typ = self.checker.type_of_object(found)
        if isinstance(found, t.Func) and found.tparams:
            self.generic[e] = (found, {})
        return typ

    def _selector(self, e: ast.Selector, scope: Scope) -> t.Type:
        if isinstance(e.x, ast.Ident):
            found = scope.lookup(e.x.name)
            if isinstance(found, t.PkgName):
                self.info.uses[e.x] = found
                package = self.checker.program.package(found.path, self.package)
                obj = self.checker.resolver.lookup(package, e.sel.name) if package else None
                return self._use(e, obj, e.sel.pos) if obj is not None else t.UNKNOWN
        if self.checker.is_type(e.x, scope):
            return self._method_expr(e, scope)
        typ = self.expr(e.x, scope)
        selection = t.select(typ, e.sel.name, self.package, self.checker.signature_of)
        if selection is None:
            return t.UNKNOWN
        self.info.selections[e] = selection
        if selection.field is not None:
            return selection.field.type
        self._take_receiver(e, typ, selection)
        return selection.signature or t.UNKNOWN

    def _method_expr(self, e: ast.Selector, scope: Scope) -> t.Type:
        """``T.Method``: a function with the receiver as its first parameter (Go spec, "Method expressions")."""
        typ = self.checker.type_expr(e.x, scope)
        selection = t.select(typ, e.sel.name, self.package, self.checker.signature_of)
        if selection is None or selection.signature is None:
            return t.UNKNOWN
        self.info.selections[e] = selection
        sig = selection.signature
        return t.signature((typ, *sig.params), sig.results, variadic=sig.variadic)

    def _composite(self, e: ast.CompositeLit, scope: Scope, hint: t.Type | None) -> t.Type:
        typ = self.checker.type_expr(e.type, scope) if e.type is not None else hint or t.UNKNOWN
        base = t.deref(t.core(typ)) if e.type is None and not isinstance(typ, t.Named) else typ
        under = t.core(base)
        match under:
            case t.Struct():
                self._struct_elements(e, under, scope)
            case t.Map():
                for pair in e.elements:
                    if pair.key is not None:
                        self.assigned(pair.key, scope, under.key)
                    self.assigned(pair.value, scope, under.elem)
            case t.Slice() | t.Array():
                length = self._list_elements(e, under.elem, scope)
                if isinstance(e.type, ast.ArrayType) and isinstance(under, t.Array) and under.length is None:
                    return t.array_of(under.elem, length)
            case _:
                for pair in e.elements:
                    self.assigned(pair.value, scope)
        return typ

    def _list_elements(self, e: ast.CompositeLit, elem: t.Type, scope: Scope) -> int | None:
        """The elements of an array or slice; how many they are, keys counted."""
        at: int | None = 0
        longest: int | None = 0
        for pair in e.elements:
            if pair.key is not None:
                self.assigned(pair.key, scope, t.BASICS["int"])
                found = self.checker.evaluate(pair.key, scope, t.UNTYPED["int"])
                at = found.value if found is not None and isinstance(found.value, int) else None
            self.assigned(pair.value, scope, elem)
            at = None if at is None else at + 1
            longest = None if at is None or longest is None else max(longest, at)
        return longest

    def _struct_elements(self, e: ast.CompositeLit, under: t.Struct, scope: Scope) -> None:
        by_name = {f.name: f for f in under.fields}
        for i, pair in enumerate(e.elements):
            if isinstance(pair.key, ast.Ident):
                f = by_name.get(pair.key.name)
                if f is not None:
                    self.info.types[pair.key] = f.type
            else:
                f = under.fields[i] if i < len(under.fields) else None
            self.assigned(pair.value, scope, f.type if f else None)
            if f is not None:
                pos = pair.key.pos if isinstance(pair.key, ast.Ident) else _pos(pair.value)
                self.flow(("f", f.declared), ("x", self.info, pair.value), pos)

    def _func_lit(self, e: ast.FuncLit, scope: Scope) -> t.Type:
        sig = self.checker.func_type(e.type, scope)
        literal = self._literal(e, sig)
        inner = Scope(self.file, scope)
        owner, caller, modifier, loops = self.owner, self.caller, self.modifier, self.loops
        self.owner, self.caller, self.modifier, self.loops = literal, literal, "", ()
        literal.params = self.parameters(e.type.params, sig.params, literal, inner, "param")
        literal.results = self.parameters(e.type.results, sig.results, literal, inner, "result")
        self.named_results(literal.results, literal)
        self.stmts(e.body.stmts, inner)
        self.owner, self.caller, self.modifier, self.loops = owner, caller, modifier, loops
        return sig

    def _literal(self, e: ast.FuncLit, sig: t.Signature) -> Literal:
        parent = self.caller
        if isinstance(parent, Literal):
            parent.count += 1
            name = f"{parent.name}${parent.count}"
        else:
            self.literals += 1
            name = f"{self.info.name}${self.literals}"
        literal = self.info.literals[e] = Literal(e, self.info, name, sig)
        return literal

    def _unary(self, e: ast.Unary, scope: Scope, hint: t.Type | None) -> t.Type:
        inner_hint = hint.elem if e.op == "&" and isinstance(hint, t.Pointer) else None
        typ = self.expr(e.x, scope, inner_hint)
        if e.op == "&":
            self._take_address(e.x, ("x", self.info, e))
            return t.pointer(typ)
        if e.op == "<-":
            under = t.core(typ)
            return under.elem if isinstance(under, t.Chan) else t.UNKNOWN
        if e.x in self.varying:
            self.varying.add(e)
        return typ

    def _take_address(self, operand: ast.Expr, holder: Node) -> None:
        used = self.info.uses.get(operand)
        selection = self.info.selections.get(operand)
        if selection is not None and selection.field is not None:
            self.info.addressed.setdefault(selection.field.declared, []).append(holder)
        elif isinstance(used, t.Var):
            self.info.addressed.setdefault(used, []).append(holder)

    def _take_receiver(self, e: ast.Selector, typ: t.Type, selection: t.Selection) -> None:
        """``x.M`` is ``(&x).M`` where M has a pointer receiver (Go spec, "Calls"). What structs hold their fields tell."""
        if selection.func is None or not selection.func.pointer:
            return
        embedded = selection.path[-1] if selection.path else None
        held = embedded.type if embedded is not None else typ
        if isinstance(t.underlying(held), t.Pointer | t.Struct | t.Basic):
            return
        if embedded is not None:
            self.info.addressed.setdefault(embedded.declared, []).append(("f", embedded.declared))
        else:
            self._take_address(e.x, ("x", self.info, e.x))

    def _binary(self, e: ast.Binary, scope: Scope) -> t.Type:
        left, right = self.expr(e.x, scope), self.expr(e.y, scope)
        if e.op in _SHIFTS:
            return self._shift(e, left, right)
        free = t.is_untyped(left), t.is_untyped(right)
        if free == (True, False):
            left = self.settle(e.x, left, right)
        elif free == (False, True):
            right = self.settle(e.y, right, left)
        elif free == (True, True) and left is not right:
            left = right = constants.wider(left, right)
            self._retype(e.x, left)
            self._retype(e.y, left)
        if e.op in _COMPARISONS:
            if not (self.is_constant(e.x) and self.is_constant(e.y)):
                self.varying.add(e)
                self.settle(e.x, left, None)
                self.settle(e.y, right, None)
            return t.UNTYPED["bool"]
        if e.x in self.varying or e.y in self.varying:
            self.varying.add(e)
        return right if left is t.UNKNOWN else left

    def _shift(self, e: ast.Binary, left: t.Type, right: t.Type) -> t.Type:
        """Go spec, "Operators": an untyped operand of a shift that is not constant gets its type from where it goes."""
        if not t.is_untyped(left):
            return left
        if e.x in self.varying or not self.is_constant(e.y):
            self.varying.add(e)
            if t.is_untyped(right) and e.y in self.varying:
                self.settle(e.y, right, t.BASICS["uint"])
            return left
        return t.UNTYPED["int"] if left in _NO_INTEGERS else left

    def _index(self, e: ast.Index, scope: Scope) -> t.Type:
        if self.checker.is_type(e.x, scope):
            return self.checker.type_expr(e, scope)
        typ = self.expr(e.x, scope)
        func = self.info.uses.get(e.x)
        if isinstance(func, t.Func) and isinstance(typ, t.Signature):
            self.info.uses[e] = func
            targs = [self.checker.type_expr(i, scope) for i in e.indices]
            own = own_tparams(func)
            mapping = dict(zip(own, targs, strict=False))
            self.generic.pop(e.x, None)
            if len(targs) < len(own):
                self.generic[e] = (func, mapping)
                return typ
            for param, argument in mapping.items():
                self._argument(param, argument)
            return t.substitute(typ, mapping)
        under = t.core(t.deref(typ))
        target = under.key if isinstance(under, t.Map) else t.BASICS["int"]
        for index in e.indices:
            self.assigned(index, scope, target)
        match under:
            case t.Slice() | t.Array() | t.Map():
                return under.elem
            case t.Basic():
                return t.BASICS["uint8"]
            case _:
                return t.UNKNOWN

    # Calls

    def _call(self, e: ast.Call, scope: Scope) -> t.Type:
        modifier, self.modifier = self.modifier, ""
        if self.checker.is_type(e.fun, scope):
            return self._conversion(e, scope)
        builtin = self._builtin_named(e.fun, scope)
        if builtin is not None:
            self.info.uses[e.fun] = builtin
            return call_builtin(self, builtin.name, e, scope)
        fun = self.expr(e.fun, scope)
        site = self._site(e, fun)
        site.modifier = modifier
        site.owner = self.caller
        self.info.calls.append(site)
        self.info.sites[e] = site
        sig = t.core(fun)
        if not isinstance(sig, t.Signature):
            for arg in e.args:
                self.goes(self.assigned(arg, scope), t.UNKNOWN, _pos(arg))
            return t.UNKNOWN
        args = [self.expr(arg, scope, t.parameter(sig, i, spread=e.spread)) for i, arg in enumerate(e.args)]
        if e.fun in self.generic:
            sig = self._instantiate(e, sig, args)
        for i, arg in enumerate(e.args):
            self.passed(arg, args[i], t.parameter(sig, i, spread=e.spread))
        if len(args) == 1 and isinstance(args[0], t.Tuple):
            for i, typ in enumerate(args[0].types):
                self.goes(typ, t.parameter(sig, i, spread=False), e.pos)
        if len(sig.results) == 1:
            return sig.results[0]
        return t.tuple_of(sig.results)

    def passed(self, arg: ast.Expr, typ: t.Type, param: t.Type) -> None:
        """An argument of a call gets the parameter's type, as far as its own leaves that open."""
        if isinstance(typ, t.Basic) and typ.untyped:
            self.settle(arg, typ, param)
        elif isinstance(typ, t.Signature) and arg in self.generic:
            self._specialised(arg, typ, param)
        else:
            self.goes(typ, param, _pos(arg))

    def _conversion(self, e: ast.Call, scope: Scope) -> t.Type:
        typ = self.checker.type_expr(e.fun, scope)
        self.info.types[e.fun] = typ
        for arg in e.args:
            found = self.expr(arg, scope, typ)
            constant = self.is_constant(arg)
            kind = constants.kind_of(typ) if not isinstance(typ, t.TypeParam) else ""
            if constant and kind:
                self.steady.add(e)
            if t.is_untyped(found) and not (constant and kind == "string" and constants.kind_of(found) == "int"):
                # A constant that becomes no constant has its default type (go/types' conversion).
                self.settle(arg, found, None if constant and not kind else typ)
            elif isinstance(found, t.Signature) and arg in self.generic:
                self._specialised(arg, found, typ)
            else:
                self.goes(found, typ, _pos(arg))
        return typ

    def _builtin_named(self, fun: ast.Expr, scope: Scope) -> t.Builtin | None:
        if isinstance(fun, ast.Ident):
            found = scope.lookup(fun.name)
        elif isinstance(fun, ast.Selector):
            found = self.checker.qualified(fun, scope)
            if isinstance(found, t.Builtin) and isinstance(fun.x, ast.Ident):
                package = scope.lookup(fun.x.name)
                if package is not None:
                    self.info.uses[fun.x] = package
        else:
            return None
        return found if isinstance(found, t.Builtin) else None

    def _instantiate(self, e: ast.Call, sig: t.Signature, args: list[t.Type]) -> t.Signature:
        """The signature of a generic function with the type arguments that its arguments imply."""
        func, explicit = self.generic.pop(e.fun)
        nodes: list[ast.Expr | None] = list(e.args)
        if len(args) == 1 and isinstance(args[0], t.Tuple):
            args, nodes = list(args[0].types), [None] * len(args[0].types)
        own = own_tparams(func)
        # Inside of itself, a function's type parameters are types like any other.
        fresh = {p: t.TypeParam(p.name, p.constraint) for p in own} if func is self.info.func else {}
        for param in fresh.values():
            param.constraint = t.substitute(param.constraint, fresh)
        new = t.substitute(sig, fresh) if fresh else sig
        assert isinstance(new, t.Signature)
        params = [t.parameter(new, i, spread=e.spread) for i in range(len(args))]
        unifier = Unifier([fresh.get(p, p) for p in own], self.checker.signature_of, self.package)
        unifier.write({fresh.get(p, p): typ for p, typ in explicit.items()})
        open_args: set[int] = set()
        for i, node in enumerate(nodes):
            if node is not None and node in self.generic:
                other, known = self.generic[node]
                unifier.add([p for p in own_tparams(other) if p not in known])
                unifier.write(known)
                open_args.add(i)
        mapping = unifier.infer(params, args)
        origins = {p: origin for origin, p in fresh.items()}
        for param, typ in mapping.items():
            self.goes(typ, t.UNKNOWN, e.pos)
            self._argument(origins.get(param, param), typ)
        done = t.substitute(new, mapping)
        assert isinstance(done, t.Signature)
        for i in open_args:
            node = nodes[i]
            assert node is not None
            self.generic.pop(node)
            self.info.types[node] = t.substitute(args[i], mapping)
        self.info.types[e.fun] = done
        return done

    def _argument(self, param: t.TypeParam, typ: t.Type) -> None:
        """Notes what stands for a type parameter."""
        self.info.arguments.setdefault(param, {})[typ] = None

    def _specialised(self, e: ast.Expr, sig: t.Signature, target: t.Type) -> t.Type:
        """A generic function as a value of a function type (Go spec, "Type inference")."""
        if not isinstance(t.core(target), t.Signature):
            return sig
        func, known = self.generic.pop(e)
        unifier = Unifier(own_tparams(func), self.checker.signature_of, self.package)
        unifier.write(known)
        mapping = unifier.infer([sig], [target])
        for param, argument in mapping.items():
            self._argument(param, argument)
        typ = t.substitute(sig, mapping)
        self.info.types[e] = typ
        return typ

    def _site(self, e: ast.Call, fun: t.Type) -> CallSite:
        callee = e.fun
        while isinstance(callee, ast.Index) and isinstance(self.info.uses.get(callee), t.Func):
            callee = callee.x
        if isinstance(callee, ast.FuncLit):
            return CallSite(e, "literal", literal=self.info.literals.get(callee))
        used = self.info.uses.get(callee)
        if isinstance(used, t.Func):
            return CallSite(e, "static", func=used)
        selection = self.info.selections.get(callee)
        if selection is not None and selection.field is None and isinstance(callee, ast.Selector):
            kind = "interface" if selection.func is None else "static"
            if callee.x in self.info.types:
                return CallSite(e, kind, selection.func, selection, callee.x)
            alone = e.args and not isinstance(self.info.types.get(e.args[0]), t.Tuple)
            return CallSite(e, kind, selection.func, selection, e.args[0] if alone else None, first=1)
        if isinstance(t.core(fun), t.Signature):
            return CallSite(e, "value")
        return CallSite(e, "unknown", detail=self._why(callee))

    def _why(self, callee: ast.Expr) -> Message:
        """What is not known about a call that has no type."""
        if isinstance(callee, ast.Selector):
            if isinstance(callee.x, ast.Ident):
                used = self.info.uses.get(callee.x)
                if isinstance(used, t.PkgName):
                    if used.path == "C":
                        return Message(Detail.MISSING_C, (callee.sel.name,))
                    loaded = self.checker.program.package(used.path, self.package)
                    if loaded is None:
                        return Message(Detail.MISSING_IMPORT, (used.path,))
                    return Message(Detail.NOT_IN_PACKAGE, (used.path, callee.sel.name))
            base = self.info.types.get(callee.x, t.UNKNOWN)
            if base is t.UNKNOWN:
                return Message(Detail.OPERAND_UNTYPED, (callee.sel.name,))
            return Message(Detail.NOT_IN_TYPE, (t.describe(base), callee.sel.name))
        if isinstance(callee, ast.Ident):
            known = callee in self.info.uses
            return Message(Detail.NAME_UNTYPED if known else Detail.UNDECLARED, (callee.name,))
        return Message(Detail.EXPRESSION_UNTYPED)


def own_tparams(func: t.Func) -> tuple[t.TypeParam, ...]:
    """The type parameters of a function itself; a method's without those of its receiver."""
    return func.tparams[len(func.recv.tparams) if func.recv else 0 :]


def range_types(typ: t.Type) -> tuple[t.Type, t.Type]:
    """The types of the two iteration values (Go spec, "For statements with range clause")."""
    under = t.core(t.deref(typ))
    match under:
        case t.Slice() | t.Array():
            return t.BASICS["int"], under.elem
        case t.Map():
            return under.key, under.elem
        case t.Chan():
            return under.elem, t.UNKNOWN
        case t.Basic() if under.name in ("string", "untyped string"):
            return t.BASICS["int"], t.BASICS["int32"]
        case t.Basic():
            return t.default_type(typ), t.UNKNOWN
        case t.Signature() if under.params and isinstance(found := t.core(under.params[0]), t.Signature):
            first, second, *_ = (*found.params, t.UNKNOWN, t.UNKNOWN)
            return first, second
        case _:
            return t.UNKNOWN, t.UNKNOWN


def _blank(e: ast.Expr) -> bool:
    return isinstance(e, ast.Ident) and e.name == "_"


def _is_nil(e: ast.Expr) -> bool:
    return isinstance(e, ast.Ident) and e.name == "nil"


def _pos(e: ast.Expr) -> ast.Pos:
    return e.pos
