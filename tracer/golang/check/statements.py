"""What statements declare, store, return and run through (go/types' stmt.go)."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.check.assignments import assigned, settle
from tracer.golang.check.calls import add_site, site_of
from tracer.golang.check.declarations import as_declared
from tracer.golang.check.info import Literal, Node
from tracer.golang.check.operand import VALUES, VARIABLES
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Walker
from tracer.syntax import ast


def _block(scope: Scope) -> Scope:
    return Scope(scope.file, scope)


# Declarations


def _decl(walker: Walker, stmt: ast.DeclStmt, scope: Scope) -> None:
    for spec in stmt.specs:
        if isinstance(spec, ast.TypeSpec):
            obj = t.TypeName(spec.name, walker.package, scope.file, spec, spec.pos, local=True)
            scope.names[spec.name] = obj
            walker.declarations.type_of_name(obj, scope)
        elif spec.kind == "const":
            _constants(walker, spec, scope)
        else:
            _variables(walker, spec, scope)


def _variables(walker: Walker, spec: ast.ValueSpec, scope: Scope) -> None:
    typ = walker.types.type_of(spec.type, scope) if spec.type else None
    values = [assigned(walker, value, scope, typ) for value in spec.values]
    for i, name in enumerate(spec.names):
        paired = len(values) == len(spec.names)
        found = values[i] if paired else t.component(values[0], i) if values else t.UNKNOWN
        var = walker.declare(name.name, typ or found, t.Role.LOCAL, name.pos, scope)
        if paired:
            walker.flow(("v", var), ("x", walker.info, spec.values[i]), name.pos)
        elif values:
            walker.goes(found, var.type, name.pos)
            walker.flow(("v", var), walker.part(spec.values[0], i), name.pos)


def _constants(walker: Walker, spec: ast.ValueSpec, scope: Scope) -> None:
    typ = walker.types.type_of(spec.type, scope) if spec.type else None
    inner = Scope(scope.file, scope, spec.iota)
    declared: list[t.Const] = []
    for name, value in zip(spec.names, spec.values, strict=False):
        x = walker.expr(value, inner)
        if typ is not None:
            settle(walker, value, x.type, typ)
        x = as_declared(x, typ)
        const = t.Const(name.name, None, scope.file, name.pos, x.type, value, spec.iota)
        walker.declarations.constants[const] = x
        declared.append(const)
    scope.names.update((const.name, const) for const in declared)


def package_variables(walker: Walker, spec: ast.ValueSpec, scope: Scope) -> None:
    """The initialisers of package variables: flows into the declared objects."""
    typ = walker.types.type_of(spec.type, scope) if spec.type is not None else None
    for i, value in enumerate(spec.values):
        assigned(walker, value, scope, typ)
        if len(spec.values) == len(spec.names):
            _package_variable(walker, spec.names[i], ("x", walker.info, value))
    if len(spec.values) == 1 and len(spec.names) > 1:
        for i, name in enumerate(spec.names):
            if typ is not None:
                walker.goes(t.component(walker.info.types.get(spec.values[0], t.UNKNOWN), i), typ, name.pos)
            _package_variable(walker, name, walker.part(spec.values[0], i))


def _package_variable(walker: Walker, name: ast.Ident, source: Node) -> None:
    var = walker.declarations.resolver.lookup(walker.package, name.name)
    if isinstance(var, t.Var):
        walker.flow(("v", var), source, name.pos)


# Assignments


def _assign(walker: Walker, stmt: ast.Assign, scope: Scope) -> None:
    if stmt.op not in ("=", ":="):
        _operate(walker, stmt, scope)
        return
    hints = [_target(walker, e, stmt.op, scope) for e in stmt.lhs]
    paired = len(stmt.lhs) == len(stmt.rhs)
    values = [assigned(walker, e, scope, hints[i] if paired else None) for i, e in enumerate(stmt.rhs)]
    # A variable's scope begins after the statement.
    fresh: dict[str, t.Object] = {}
    for i, target in enumerate(stmt.lhs if stmt.rhs else ()):
        if paired:
            source, typ = ("x", walker.info, stmt.rhs[i]), values[i]
        else:
            source, typ = walker.part(stmt.rhs[0], i), t.component(values[0], i)
            if (hint := hints[i]) is not None:
                walker.goes(typ, hint, target.pos)
        if stmt.op == ":=" and isinstance(target, ast.Ident) and target.name not in scope.names:
            if target.name != "_":
                fresh[target.name] = _define(walker, target, typ, source, _block(scope))
        else:
            _store(walker, stmt.op, target, source, scope)
    scope.names |= fresh


def _operate(walker: Walker, stmt: ast.Assign, scope: Scope) -> None:
    """``x op= y``."""
    left = [walker.expr(e, scope).type for e in stmt.lhs]
    for e in stmt.rhs:
        right = walker.expr(e, scope).type
        if left and t.is_untyped(right) and stmt.op not in ("<<=", ">>="):
            settle(walker, e, right, left[0])


def _target(walker: Walker, e: ast.Expr, op: str, scope: Scope) -> t.Type | None:
    """The type of what is assigned to; None where the value decides it."""
    if op == "=":
        return None if _is_blank(e) else walker.expr(e, scope).type
    declared = scope.names.get(e.name) if isinstance(e, ast.Ident) else None
    return declared.type if isinstance(declared, t.Var) else None


def _define(walker: Walker, target: ast.Ident, typ: t.Type, source: Node, scope: Scope) -> t.Var:
    """A variable that a statement declares and stores in."""
    var = walker.declare(target.name, typ, t.Role.LOCAL, target.pos, scope)
    walker.info.uses[target] = var
    walker.info.operands[target] = VARIABLES[typ]
    walker.flow(("v", var), source, target.pos)
    return var


def _store(walker: Walker, op: str, target: ast.Expr, source: Node, scope: Scope) -> None:
    if op == ":=":
        walker.expr(target, scope)
    place = walker.place(target)
    if place is not None:
        walker.store(place, source, target.pos, scope)
        if isinstance(target, ast.Index) and target.indices:
            walker.flow(("k", place[1]), ("x", walker.info, target.indices[0]), target.pos)


def _send(walker: Walker, stmt: ast.Send, scope: Scope) -> None:
    channel = t.core(walker.expr(stmt.channel, scope).type)
    assigned(walker, stmt.value, scope, channel.elem if isinstance(channel, t.Chan) else None)
    place = walker.place(stmt.channel)
    if place is not None:
        walker.flow(("e", place), ("x", walker.info, stmt.value), stmt.value.pos)


def _return(walker: Walker, stmt: ast.Return, scope: Scope) -> None:
    walker.info.returns.append((stmt, walker.owner))
    results = _result_types(walker)
    for i, e in enumerate(stmt.results):
        assigned(walker, e, scope, results[i] if i < len(results) else None)
    sources: list[Node]
    if len(stmt.results) == 1 and len(results) > 1:
        [call] = stmt.results
        sources = [walker.part(call, i) for i in range(len(results))]
        for i, result in enumerate(results):
            walker.goes(t.component(walker.info.types.get(call, t.UNKNOWN), i), result, stmt.pos)
    else:
        sources = [("x", walker.info, e) for e in stmt.results]
    for i, source in enumerate(sources):
        walker.flow(("r", walker.owner, i), source, stmt.pos)
        # A deferred function sees what a return has stored in a named result.
        named = walker.named_result(i)
        if named is not None:
            walker.flow(("v", named), source, stmt.pos)


def _result_types(walker: Walker) -> tuple[t.Type, ...]:
    match walker.owner:
        case t.Func() as func:
            return walker.declarations.signature_of(func).results
        case Literal() as literal:
            return literal.signature.results
        case _:
            return ()


# Control


def _expr_stmt(walker: Walker, stmt: ast.ExprStmt, scope: Scope) -> None:
    walker.expr(stmt.x, scope)


def _block_stmt(walker: Walker, stmt: ast.Block, scope: Scope) -> None:
    walker.stmts(stmt.stmts, _block(scope))


def _if(walker: Walker, stmt: ast.If, scope: Scope) -> None:
    inner = _block(scope)
    walker.stmt(stmt.init, inner)
    walker.expr(stmt.cond, inner)
    walker.stmts(stmt.then.stmts, _block(inner))
    walker.stmt(stmt.other, inner)


def _for(walker: Walker, stmt: ast.For, scope: Scope) -> None:
    inner = _block(scope)
    walker.stmt(stmt.init, inner)
    walker.loops = (*walker.loops, stmt)
    if stmt.cond is not None:
        walker.expr(stmt.cond, inner)
    walker.stmts(stmt.body.stmts, _block(inner))
    walker.stmt(stmt.post, inner)
    walker.leave_loop()


def _switch(walker: Walker, stmt: ast.Switch, scope: Scope) -> None:
    inner = _block(scope)
    walker.stmt(stmt.init, inner)
    tag = assigned(walker, stmt.tag, inner) if stmt.tag is not None else t.BASICS["bool"]
    for case in stmt.cases:
        for e in case.exprs:
            assigned(walker, e, inner, tag)
        walker.stmts(case.body, _block(inner))


def _type_switch(walker: Walker, stmt: ast.TypeSwitch, scope: Scope) -> None:
    inner = _block(scope)
    walker.stmt(stmt.init, inner)
    typ = walker.expr(stmt.x, inner).type
    for case in stmt.cases:
        clause = _block(inner)
        types = [walker.expr(e, inner).type if _is_nil(e) else walker.types.type_of(e, inner) for e in case.exprs]
        if stmt.bind is not None:
            narrow = types[0] if len(types) == 1 and not _is_nil(case.exprs[0]) else typ
            var = walker.declare(stmt.bind.name, narrow, t.Role.LOCAL, stmt.bind.pos, clause)
            walker.flow(("v", var), ("x", walker.info, stmt.x), stmt.bind.pos)
        walker.stmts(case.body, clause)


def _select(walker: Walker, stmt: ast.Select, scope: Scope) -> None:
    for case in stmt.cases:
        inner = _block(scope)
        walker.stmt(case.comm, inner)
        walker.stmts(case.body, inner)


def _go_or_defer(walker: Walker, stmt: ast.Go | ast.Defer, scope: Scope) -> None:
    walker.modifier = "go" if isinstance(stmt, ast.Go) else "defer"
    walker.expr(stmt.call, scope)
    walker.modifier = ""


# Ranges


def _range(walker: Walker, stmt: ast.Range, scope: Scope) -> None:
    inner = _block(scope)
    typ = walker.expr(stmt.x, scope).type
    if t.is_untyped(typ) and typ is not t.UNTYPED["string"]:
        typ = settle(walker, stmt.x, typ, None)
    walker.loops = (*walker.loops, stmt)
    under = t.core(t.deref(typ))
    if isinstance(under, t.Signature):
        _range_over_func(walker, stmt, under, inner)
    else:
        x: Node = ("x", walker.info, stmt.x)
        first: Node = ("e", x) if isinstance(under, t.Chan) else ("k", x)
        types = range_types(typ)
        for i, target in enumerate(stmt.lhs[:2]):
            source = ("e", x) if i else first
            if stmt.define and isinstance(target, ast.Ident):
                _define(walker, target, types[i], source, inner)
            elif not _is_blank(target):
                _range_target(walker, target, types[i], source, scope)
        walker.stmts(stmt.body.stmts, _block(inner))
    walker.leave_loop()


def _range_target(walker: Walker, target: ast.Expr, typ: t.Type, source: Node, scope: Scope) -> None:
    """What is not declared by the loop, and stored in by it."""
    walker.goes(typ, walker.expr(target, scope).type, target.pos)
    place = walker.place(target)
    if place is not None:
        walker.flow(place, source, target.pos)


def _range_over_func(walker: Walker, stmt: ast.Range, iterator: t.Signature, scope: Scope) -> None:
    """The body is a function that the iterator calls (Go spec, "For statements with range clause"; go/ssa makes one too)."""
    typ = iterator.params[0] if iterator.params else t.UNKNOWN
    under = t.core(typ)
    sig = under if isinstance(under, t.Signature) else t.signature((), ())
    lit = ast.FuncLit(ast.FuncType((), (), stmt.pos), stmt.body, stmt.pos)
    walker.info.operands[lit] = VALUES[typ]
    literal = walker.literal(lit, sig)
    add_site(walker, site_of(walker, ast.Call(stmt.x, (lit,), False, stmt.pos, stmt.pos, stmt.end), iterator))
    for i, part in enumerate(sig.params):
        target = stmt.lhs[i] if i < len(stmt.lhs) else None
        name = target.name if stmt.define and isinstance(target, ast.Ident) else ""
        var = walker.declare(name, part, t.Role.PARAM, target.pos if target is not None else stmt.pos, scope)
        var.owner, var.index = literal, i
        literal.params.append(var)
        if target is None or _is_blank(target):
            continue
        if name:
            walker.info.uses[target] = var
            walker.info.operands[target] = VARIABLES[var.type]
        else:
            _range_target(walker, target, part, ("v", var), scope)
    caller, walker.caller = walker.caller, literal
    walker.stmts(stmt.body.stmts, _block(scope))
    walker.caller = caller


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


def _is_blank(e: ast.Expr) -> bool:
    return isinstance(e, ast.Ident) and e.name == "_"


def _is_nil(e: ast.Expr) -> bool:
    return isinstance(e, ast.Ident) and e.name == "nil"


FORMS = {
    ast.Assign: _assign,
    ast.Block: _block_stmt,
    ast.DeclStmt: _decl,
    ast.Defer: _go_or_defer,
    ast.ExprStmt: _expr_stmt,
    ast.For: _for,
    ast.Go: _go_or_defer,
    ast.If: _if,
    ast.Range: _range,
    ast.Return: _return,
    ast.Select: _select,
    ast.Send: _send,
    ast.Switch: _switch,
    ast.TypeSwitch: _type_switch,
}
