"""Expressions whose values go to a place of some type (go/types' assignments.go; implicitTypeAndValue, updateExprType)."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.check.instantiation import specialised
from tracer.golang.check.operand import VALUES, Mode, constant
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Walker
from tracer.golang.types import constants
from tracer.syntax import ast

COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
SHIFTS = frozenset(("<<", ">>"))


def assigned(walker: Walker, e: ast.Expr, scope: Scope, target: t.Type | None = None) -> t.Type:
    """The type of an expression whose value goes to a place of type ``target``, or of its own default type."""
    typ = walker.expr(e, scope, target).type
    if isinstance(typ, t.Basic):
        return settle(walker, e, typ, target) if typ.untyped else typ
    return typ if target is None else passed(walker, e, typ, target)


def passed(walker: Walker, e: ast.Expr, typ: t.Type, target: t.Type) -> t.Type:
    """The same for an expression that was visited: it gets the target's type, as far as its own leaves that open."""
    if isinstance(typ, t.Basic) and typ.untyped:
        return settle(walker, e, typ, target)
    if isinstance(typ, t.Signature) and e in walker.generic:
        return specialised(walker, e, typ, target)
    walker.goes(typ, target, e.pos)
    return typ


def settle(walker: Walker, e: ast.Expr, typ: t.Type, target: t.Type | None) -> t.Type:
    """Gives an untyped expression its final type."""
    if typ is t.UNTYPED_NIL:
        return typ
    final = t.default_type(typ)
    if isinstance(target, t.TypeParam):
        final = target
    elif target is not None and not t.is_unknown(target) and isinstance(t.underlying(target), t.Basic):
        final = constants.wider(typ, target) if t.is_untyped(target) else target
    retype(walker, e, final)
    return final


def retype(walker: Walker, e: ast.Expr, typ: t.Type) -> None:
    """Gives an untyped expression another type, and its operands, unless it is constant: those are no values of their own."""
    operands = walker.info.operands
    while (x := operands.get(e)) is not None and t.is_untyped(x.type):
        if x.mode is Mode.CONSTANT:
            value = x.value if isinstance(typ, t.TypeParam) else constants.represent(x.value, typ)
            operands[e] = constant(typ, value)
            return
        operands[e] = VALUES[typ]
        match e:
            case ast.Unary():
                e = e.x
            case ast.Binary() if e.op not in COMPARISONS:
                if e.op not in SHIFTS:
                    retype(walker, e.y, typ)
                e = e.x
            case _:
                return
