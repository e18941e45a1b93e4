"""The operands of basic, composite and function literals (go/types' literals.go)."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.check.assignments import assigned
from tracer.golang.check.operand import VALUES, Operand, constant
from tracer.golang.check.scope import Scope
from tracer.golang.check.typexpr import is_open_array
from tracer.golang.check.walker import Walker
from tracer.golang.types.constants import represent
from tracer.golang.types.literals import value_of
from tracer.syntax import ast

_TYPES = {
    "INT": t.UNTYPED["int"],
    "FLOAT": t.UNTYPED["float"],
    "IMAG": t.UNTYPED["complex"],
    "CHAR": t.UNTYPED["rune"],
    "STRING": t.UNTYPED["string"],
}


def _basic(_walker: Walker, e: ast.BasicLit, _scope: Scope, _hint: t.Type | None) -> Operand:
    return constant(_TYPES[e.kind], value_of(e))


def _composite(walker: Walker, e: ast.CompositeLit, scope: Scope, hint: t.Type | None) -> Operand:
    typ = walker.types.type_of(e.type, scope) if e.type is not None else hint or t.UNKNOWN
    base = t.deref(t.core(typ)) if e.type is None and not isinstance(typ, t.Named) else typ
    under = t.core(base)
    match under:
        case t.Struct():
            _struct_elements(walker, e, under, scope)
        case t.Map():
            for pair in e.elements:
                if pair.key is not None:
                    assigned(walker, pair.key, scope, under.key)
                assigned(walker, pair.value, scope, under.elem)
        case t.Slice() | t.Array():
            length = _list_elements(walker, e, under.elem, scope)
            if e.type is not None and is_open_array(e.type):
                return VALUES[t.array_of(under.elem, length)]
        case _:
            is_struct = isinstance(under, t.Absent) and names_fields(e, scope)
            for pair in e.elements:
                if pair.key is not None and not is_struct:
                    assigned(walker, pair.key, scope)
                assigned(walker, pair.value, scope)
    return VALUES[typ]


def names_fields(e: ast.CompositeLit, scope: Scope) -> bool:
    """Whether the keys of a literal are names of fields for certain: one of them names nothing else there."""
    keys = [pair.key for pair in e.elements]
    return all(isinstance(key, ast.Ident) for key in keys) and any(
        isinstance(key, ast.Ident) and scope.lookup(key.name) is None for key in keys
    )


def _list_elements(walker: Walker, e: ast.CompositeLit, elem: t.Type, scope: Scope) -> int | None:
    """The elements of an array or slice; how many they are, keys counted."""
    at: int | None = 0
    longest: int | None = 0
    for pair in e.elements:
        if pair.key is not None:
            assigned(walker, pair.key, scope, t.BASICS["int"])
            whole = represent(walker.info.constant(pair.key), t.UNTYPED["int"])
            at = whole if isinstance(whole, int) else None
        assigned(walker, pair.value, scope, elem)
        at = None if at is None else at + 1
        longest = None if at is None or longest is None else max(longest, at)
    return longest


def _struct_elements(walker: Walker, e: ast.CompositeLit, under: t.Struct, scope: Scope) -> None:
    by_name = {f.name: f for f in under.fields}
    for i, pair in enumerate(e.elements):
        if isinstance(pair.key, ast.Ident):
            f = by_name.get(pair.key.name)
            if f is not None:
                walker.info.operands[pair.key] = VALUES[f.type]
        else:
            f = under.fields[i] if i < len(under.fields) else None
        assigned(walker, pair.value, scope, f.type if f else None)
        if f is not None:
            pos = pair.key.pos if isinstance(pair.key, ast.Ident) else pair.value.pos
            walker.flow(("f", f), ("x", walker.info, pair.value), pos)


def _function(walker: Walker, e: ast.FuncLit, scope: Scope, _hint: t.Type | None) -> Operand:
    sig = walker.types.signature(e.type, scope)
    literal = walker.literal(e, sig)
    inner = Scope(scope.file, scope)
    around = walker.owner, walker.caller, walker.modifier, walker.loops, walker.calls
    walker.owner, walker.caller, walker.modifier, walker.loops = literal, literal, "", ()
    literal.params = walker.parameters(e.type.params, sig.params, literal, inner, t.Role.PARAM)
    literal.results = walker.parameters(e.type.results, sig.results, literal, inner, t.Role.RESULT)
    walker.named_results(literal.results, literal)
    walker.stmts(e.body.stmts, inner)
    walker.owner, walker.caller, walker.modifier, walker.loops, walker.calls = around
    return VALUES[sig]


# Where only an expression's type is wanted, what is inside of literals is not visited.


def _composite_type(walker: Walker, e: ast.CompositeLit, scope: Scope, hint: t.Type | None) -> Operand:
    if e.type is None or is_open_array(e.type):
        return _composite(walker, e, scope, hint)
    return VALUES[walker.types.type_of(e.type, scope)]


def _function_type(walker: Walker, e: ast.FuncLit, scope: Scope, _hint: t.Type | None) -> Operand:
    return VALUES[walker.types.signature(e.type, scope)]


TYPES_OF = {ast.CompositeLit: _composite_type, ast.FuncLit: _function_type}
FORMS = {ast.BasicLit: _basic, ast.CompositeLit: _composite, ast.FuncLit: _function}
