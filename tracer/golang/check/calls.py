"""Calls and conversions, and what each call calls (go/types' call.go and conversions.go)."""

from __future__ import annotations

from tracer.codes import Detail, Message
from tracer.golang import types as t
from tracer.golang.check.assignments import assigned, passed, settle
from tracer.golang.check.builtins import call_builtin
from tracer.golang.check.info import CallSite
from tracer.golang.check.instantiation import instantiated, specialised
from tracer.golang.check.operand import INVALID, NO_VALUE, TYPES, VALUES, Mode, Operand, constant
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Walker
from tracer.golang.types.constants import convert, kind_of
from tracer.syntax import ast


def _call(walker: Walker, e: ast.Call, scope: Scope, _hint: t.Type | None) -> Operand:
    modifier, walker.modifier = walker.modifier, ""
    fun = walker.expr_or_type(e.fun, scope)
    if fun.mode is Mode.TYPE:
        return _conversion(walker, e, fun.type, scope)
    if fun.mode is Mode.BUILTIN:
        del walker.info.operands[e.fun]
        found = call_builtin(walker, e, scope)
        walker.calls = walker.calls or found.mode is not Mode.CONSTANT
        return found
    site = site_of(walker, e, fun.type)
    site.modifier = modifier
    add_site(walker, site)
    walker.calls = True
    sig = t.core(fun.type)
    if not isinstance(sig, t.Signature):
        for arg in e.args:
            walker.goes(assigned(walker, arg, scope), t.UNKNOWN, arg.pos)
        return INVALID
    args = [walker.expr(arg, scope, t.parameter(sig, i, spread=e.spread)).type for i, arg in enumerate(e.args)]
    if e.fun in walker.generic:
        sig = instantiated(walker, e, sig, args)
    for i, arg in enumerate(e.args):
        passed(walker, arg, args[i], t.parameter(sig, i, spread=e.spread))
    if len(args) == 1 and isinstance(args[0], t.Tuple):
        for i, typ in enumerate(args[0].types):
            walker.goes(typ, t.parameter(sig, i), e.pos)
    elif site.first and args:
        site.recv = e.args[0]
    if not sig.results:
        return NO_VALUE
    return VALUES[sig.results[0] if len(sig.results) == 1 else t.tuple_of(sig.results)]


def _conversion(walker: Walker, e: ast.Call, typ: t.Type, scope: Scope) -> Operand:
    """``T(x)`` (Go spec, "Conversions"): a constant, where x is one and constants have types like T."""
    walker.info.operands[e.fun] = TYPES[typ]
    found = VALUES[typ]
    kind = kind_of(typ)
    for arg in e.args:
        x = walker.expr(arg, scope, typ)
        is_constant = x.mode is Mode.CONSTANT
        if is_constant and kind:
            found = constant(typ, convert(x.value, typ))
        if t.is_untyped(x.type):
            # A constant that becomes no constant has its default type (go/types' conversion).
            if not (is_constant and kind == "string" and kind_of(x.type) == "int"):
                final = settle(walker, arg, x.type, None if is_constant and not kind else typ)
                if is_constant and kind:
                    # It is the conversion that rounds.
                    walker.info.operands[arg] = constant(final, x.value)
        elif isinstance(x.type, t.Signature) and arg in walker.generic:
            specialised(walker, arg, x.type, typ)
        else:
            walker.goes(x.type, typ, arg.pos)
    return found


def add_site(walker: Walker, site: CallSite) -> None:
    site.owner = walker.caller
    walker.info.calls.append(site)
    walker.info.sites[site.node] = site


def site_of(walker: Walker, e: ast.Call, fun: t.Type) -> CallSite:
    """What a call calls, as far as types tell; ``fun`` is the type of the called expression."""
    info = walker.info
    callee = e.fun
    while isinstance(callee, ast.Index) and isinstance(info.uses.get(callee), t.Func):
        callee = callee.x
    if isinstance(callee, ast.FuncLit):
        return CallSite(e, t.CallKind.LITERAL, literal=info.literals.get(callee))
    used = info.uses.get(callee)
    if isinstance(used, t.Func):
        return CallSite(e, t.CallKind.STATIC, func=used)
    selection = info.selections.get(callee)
    if selection is not None and selection.field is None and isinstance(callee, ast.Selector):
        kind = t.CallKind.INTERFACE if selection.func is None else t.CallKind.STATIC
        if callee.x in info.operands:
            return CallSite(e, kind, selection.func, selection, callee.x)
        return CallSite(e, kind, selection.func, selection, first=1)
    if isinstance(t.core(fun), t.Signature):
        return CallSite(e, t.CallKind.VALUE)
    return CallSite(e, t.CallKind.UNKNOWN, detail=_why(walker, callee))


def _why(walker: Walker, callee: ast.Expr) -> Message:
    """What is not known about a call that has no type."""
    if isinstance(callee, ast.Selector):
        used = walker.info.uses.get(callee.x)
        if isinstance(used, t.PkgName):
            if used.path == "C":
                return Message(Detail.MISSING_C, (callee.sel.name,))
            if walker.declarations.resolver.program.package(used.path, walker.package) is None:
                return Message(Detail.MISSING_IMPORT, (used.path,))
            return Message(Detail.NOT_IN_PACKAGE, (used.path, callee.sel.name))
        base = walker.info.types.get(callee.x, t.UNKNOWN)
        inner = t.deref(base)
        if isinstance(inner, t.Absent):
            return Message(Detail.MISSING_TYPE, (callee.sel.name, inner.name))
        if t.is_unknown(base):
            return Message(Detail.OPERAND_UNTYPED, (callee.sel.name,))
        embedded = t.unknown_embedded(inner)
        if embedded:
            # What no part that is known has is of the part that is not, if there is one.
            named = {typ.name for typ in embedded if isinstance(typ, t.Absent)}
            if len(named) == 1 and all(isinstance(typ, t.Absent) for typ in embedded):
                return Message(Detail.MISSING_TYPE, (callee.sel.name, *named))
            return Message(Detail.EXPRESSION_UNTYPED)
        return Message(Detail.NOT_IN_TYPE, (t.describe(base), callee.sel.name))
    if isinstance(callee, ast.Ident):
        known = callee in walker.info.uses
        return Message(Detail.NAME_UNTYPED if known else Detail.UNDECLARED, (callee.name,))
    return Message(Detail.EXPRESSION_UNTYPED)


FORMS = {ast.Call: _call}
