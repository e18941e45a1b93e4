"""The operands of expressions other than calls and literals (go/types' expr.go and index.go)."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.check.assignments import COMPARISONS, SHIFTS, assigned, retype, settle
from tracer.golang.check.info import Node, Read
from tracer.golang.check.instantiation import note_arguments, own_tparams
from tracer.golang.check.operand import (
    COMMA_OKS,
    INVALID,
    MAP_INDICES,
    TYPES,
    VALUES,
    VARIABLES,
    Mode,
    Operand,
    constant,
)
from tracer.golang.check.scope import Scope
from tracer.golang.check.typexpr import is_c_type
from tracer.golang.check.walker import Walker
from tracer.golang.types import constants
from tracer.syntax import ast

_NO_INTEGERS = (t.UNTYPED["float"], t.UNTYPED["complex"])
_BOOL = t.UNTYPED["bool"]
_IOTA = t.UNIVERSE["iota"]


# Names


def _ident(walker: Walker, e: ast.Ident, scope: Scope, _hint: t.Type | None) -> Operand:
    found = scope.lookup(e.name)
    if found is None:
        return INVALID
    if isinstance(found, t.Var) and found.role is not t.Role.GLOBAL:
        walker.reaches(e, found, scope)
        walker.info.uses[e] = found
        return VARIABLES[found.type]
    if found is _IOTA:
        walker.info.uses[e] = found
        return constant(t.UNTYPED["int"], scope.iota_here())
    return _use(walker, e, found, e.pos)


def _use(walker: Walker, e: ast.Expr, found: t.Object, pos: ast.Pos) -> Operand:
    """The use of a declared object's name. Names of types are no uses of their own."""
    x = walker.declarations.operand_of(found)
    match found:
        case t.TypeName():
            return x
        case t.Var():
            walker.info.reads.append(Read(found, e, pos, walker.caller))
        case t.Const() if found.package is not None:
            walker.info.reads.append(Read(found, e, pos, walker.caller))
        case t.Func() if found.tparams:
            walker.generic[e] = (found, {})
        case _:
            pass
    walker.info.uses[e] = found
    return x


def _selector(walker: Walker, e: ast.Selector, scope: Scope, _hint: t.Type | None) -> Operand:
    if isinstance(e.x, ast.Ident):
        package = scope.lookup(e.x.name)
        if isinstance(package, t.PkgName):
            return _qualified(walker, e, e.x, package, scope)
    x = walker.expr_or_type(e.x, scope)
    selection = walker.declarations.select(x.type, e.sel.name, walker.package)
    if x.mode is Mode.TYPE:
        return _method_expr(walker, e, x.type, selection)
    if selection is None:
        return INVALID
    walker.info.selections[e] = selection
    if selection.field is not None:
        addressable = x.mode is Mode.VARIABLE or _is_indirect(x.type, selection)
        return (VARIABLES if addressable else VALUES)[selection.field.type]
    _takes_receiver(walker, e, x.type, selection)
    return VALUES[selection.signature or t.UNKNOWN]


def _is_indirect(typ: t.Type, selection: t.Selection) -> bool:
    """Whether a pointer leads to the selected field."""
    return any(isinstance(t.underlying(x), t.Pointer) for x in (typ, *(f.type for f in selection.path)))


def _qualified(walker: Walker, e: ast.Selector, name: ast.Ident, package: t.PkgName, scope: Scope) -> Operand:
    if package.path == "C" and is_c_type(e.sel.name):
        return TYPES[t.UNKNOWN]
    obj = walker.types.imported(package, e.sel.name, scope)
    if not isinstance(obj, t.TypeName):
        walker.info.uses[name] = package
    return _use(walker, e, obj, e.sel.pos) if obj is not None else INVALID


def _method_expr(walker: Walker, e: ast.Selector, typ: t.Type, selection: t.Selection | None) -> Operand:
    """``T.Method``: a function with the receiver as its first parameter (Go spec, "Method expressions")."""
    if selection is None or selection.signature is None:
        return INVALID
    walker.info.selections[e] = selection
    sig = selection.signature
    return VALUES[t.signature((typ, *sig.params), sig.results, variadic=sig.variadic)]


def _takes_receiver(walker: Walker, e: ast.Selector, typ: t.Type, selection: t.Selection) -> None:
    """``x.M`` is ``(&x).M`` where M has a pointer receiver (Go spec, "Calls"). What structs hold their fields tell."""
    if selection.func is None or not selection.func.pointer:
        return
    embedded = selection.path[-1] if selection.path else None
    held = embedded.type if embedded is not None else typ
    if isinstance(t.underlying(held), t.Pointer | t.Struct | t.Basic):
        return
    if embedded is not None:
        holder: Node = ("f", embedded)
        walker.info.addressed.setdefault(embedded, []).append(holder)
    else:
        walker.takes_address(e.x, ("x", walker.info, e.x))


# Operations


def _unary(walker: Walker, e: ast.Unary, scope: Scope, hint: t.Type | None) -> Operand:
    x = walker.expr(e.x, scope, hint.elem if e.op == "&" and isinstance(hint, t.Pointer) else None)
    if e.op == "&":
        walker.takes_address(e.x, ("x", walker.info, e))
        return VALUES[t.pointer(x.type)]
    if e.op == "<-":
        walker.calls = True
        under = t.core(x.type)
        return COMMA_OKS[under.elem if isinstance(under, t.Chan) else t.UNKNOWN]
    if x.mode is not Mode.CONSTANT:
        return VALUES[x.type]
    return constant(x.type, constants.unary(e.op, x.value, x.type))


def _binary(walker: Walker, e: ast.Binary, scope: Scope, _hint: t.Type | None) -> Operand:
    x, y = walker.expr(e.x, scope), walker.expr(e.y, scope)
    if e.op in SHIFTS:
        return _shift(walker, e, x, y)
    left, right = x.type, y.type
    match t.is_untyped(left), t.is_untyped(right):
        case True, False:
            left = settle(walker, e.x, left, right)
        case False, True:
            right = settle(walker, e.y, right, left)
        case True, True if left is not right:
            left = right = constants.wider(left, right)
            retype(walker, e.x, left)
            retype(walker, e.y, left)
        case _:
            pass
    typ = right if t.is_unknown(left) else left
    if x.mode is Mode.CONSTANT and y.mode is Mode.CONSTANT:
        value = constants.binary(e.op, x.value, y.value, typ)
        return constant(_BOOL if e.op in COMPARISONS else typ, value)
    if e.op not in COMPARISONS:
        return VALUES[typ]
    if t.is_untyped(left):
        settle(walker, e.x, left, None)
        settle(walker, e.y, right, None)
    return VALUES[_BOOL]


def _shift(walker: Walker, e: ast.Binary, x: Operand, y: Operand) -> Operand:
    """Go spec, "Operators": an untyped operand of a shift that is not constant gets its type from where it goes."""
    if x.mode is Mode.CONSTANT and y.mode is Mode.CONSTANT:
        typ = t.UNTYPED["int"] if x.type in _NO_INTEGERS else x.type
        return constant(typ, constants.shift(e.op, x.value, y.value, typ))
    if t.is_untyped(x.type) and y.mode is not Mode.CONSTANT and t.is_untyped(y.type):
        settle(walker, e.y, y.type, t.BASICS["uint"])
    return VALUES[x.type]


# Parts


def _star(walker: Walker, e: ast.Star, scope: Scope, _hint: t.Type | None) -> Operand:
    x = walker.expr_or_type(e.x, scope)
    if x.mode is Mode.TYPE:
        return TYPES[t.pointer(x.type)]
    under = t.core(x.type)
    return VARIABLES[under.elem if isinstance(under, t.Pointer) else t.UNKNOWN]


def _index(walker: Walker, e: ast.Index, scope: Scope, _hint: t.Type | None) -> Operand:
    x = walker.expr_or_type(e.x, scope)
    if x.mode is Mode.TYPE:
        return TYPES[walker.types.type_of(e, scope)]
    func = walker.info.uses.get(e.x)
    if isinstance(func, t.Func) and isinstance(x.type, t.Signature):
        return VALUES[_partial(walker, e, func, x.type, scope)]
    under = t.core(t.deref(x.type))
    target = under.key if isinstance(under, t.Map) else t.BASICS["int"]
    for index in e.indices:
        assigned(walker, index, scope, target)
    match under:
        case t.Slice():
            return VARIABLES[under.elem]
        case t.Array():
            addressable = x.mode is Mode.VARIABLE or isinstance(t.core(x.type), t.Pointer)
            return (VARIABLES if addressable else VALUES)[under.elem]
        case t.Map():
            return MAP_INDICES[under.elem]
        case t.Basic() if not t.is_unknown(under):
            return VALUES[t.BASICS["uint8"]]
        case _:
            return INVALID


def _partial(walker: Walker, e: ast.Index, func: t.Func, sig: t.Signature, scope: Scope) -> t.Type:
    """A generic function with written type arguments, all of them or the first ones."""
    walker.info.uses[e] = func
    targs = [walker.types.type_of(i, scope) for i in e.indices]
    own = own_tparams(func)
    mapping = dict(zip(own, targs, strict=False))
    walker.generic.pop(e.x, None)
    if len(targs) < len(own):
        walker.generic[e] = (func, mapping)
        return sig
    note_arguments(walker, e, mapping)
    return t.substitute(sig, mapping)


def _slice_expr(walker: Walker, e: ast.SliceExpr, scope: Scope, _hint: t.Type | None) -> Operand:
    typ = walker.expr(e.x, scope).type
    for index in e.indices:
        assigned(walker, index, scope, t.BASICS["int"])
    under = t.core(t.deref(typ))
    return VALUES[t.slice_of(under.elem) if isinstance(under, t.Array) else t.default_type(typ)]


def _type_assert(walker: Walker, e: ast.TypeAssert, scope: Scope, _hint: t.Type | None) -> Operand:
    walker.expr(e.x, scope)
    return COMMA_OKS[walker.types.type_of(e.type, scope)]


def _type(walker: Walker, e: ast.Expr, scope: Scope, _hint: t.Type | None) -> Operand:
    return TYPES[walker.types.type_of(e, scope)]


def _bad(_walker: Walker, _e: ast.Bad, _scope: Scope, _hint: t.Type | None) -> Operand:
    return INVALID


FORMS = {
    ast.Ident: _ident,
    ast.Selector: _selector,
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.Star: _star,
    ast.Index: _index,
    ast.SliceExpr: _slice_expr,
    ast.TypeAssert: _type_assert,
    ast.ArrayType: _type,
    ast.MapType: _type,
    ast.ChanType: _type,
    ast.FuncType: _type,
    ast.StructType: _type,
    ast.InterfaceType: _type,
    ast.Union: _type,
    ast.Bad: _bad,
}
