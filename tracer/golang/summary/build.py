"""From a checked unit to its summary: after this nothing needs the unit's syntax to know where its values go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracer.golang import types as t
from tracer.golang.check import info as checked
from tracer.golang.check.info import CallSite, Info
from tracer.golang.check.operand import Operand
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    CallValue,
    Closure,
    Composite,
    Concat,
    Constant,
    Convert,
    Element,
    Expression,
    FieldUse,
    FunctionUse,
    Global,
    IndexOf,
    Key,
    Literal,
    Load,
    Local,
    MethodUse,
    Node,
    Opaque,
    Owner,
    Part,
    Pointee,
    Read,
    Receive,
    Recover,
    Same,
    Site,
    UnitSummary,
    Use,
)
from tracer.golang.summary.shared import Nodes
from tracer.syntax import ast

_STRINGS = frozenset((t.BASICS["string"], t.UNTYPED["string"]))

# The function that makes texts of numbers as well (package fmt): a constant argument is of interest there.
_FORMATS = "Sprintf"
# What never is a value: nil, and what a call without results has for a type.
_NEVER = frozenset((t.UNTYPED_NIL, t.tuple_of(())))
# Predeclared types other than strings: their values have no methods, hold nothing, and name no program or method.
_PLAIN = (_NEVER | {*t.BASICS.values(), *t.UNTYPED.values()}) - _STRINGS


def summarise(info: Info, nodes: Nodes, *, plain: bool) -> UnitSummary:
    """The summary of a unit, over the nodes of its program; with ``plain``, numbers and truth values are of interest as well."""
    return _Builder(info, nodes, plain=plain).build()


def numbered(info: Info, nodes: Nodes, *, plain: bool) -> dict[ast.Expr, int]:
    """The numbers of a unit's expressions in its summary: the same whenever the unit is checked."""
    builder = _Builder(info, nodes, plain=plain)
    builder.build()
    return builder.numbers()


class _Builder:
    __slots__ = ("_callees", "_made", "_skipped", "_vars", "info", "literals", "nodes", "sites", "unit")

    def __init__(self, info: Info, nodes: Nodes, *, plain: bool) -> None:
        self._skipped = _NEVER if plain else _PLAIN
        self.info = info
        self.nodes = nodes
        self.unit = UnitSummary(info.unit, info.func, info.name)
        self.literals: dict[checked.Literal, Literal] = {}
        self.sites: dict[CallSite, Site] = {}
        self._vars: dict[t.Var, Local] = {}
        self._made: dict[ast.Expr, Expression | None] = {}
        self._callees: set[ast.Expr] = set()

    def build(self) -> UnitSummary:
        info, unit = self.info, self.unit
        for literal in info.literals.values():
            made = Literal(unit, len(unit.literals), literal.name, literal.signature, literal.node.pos)
            self.literals[literal] = made
            unit.literals.append(made)
        for site in info.calls:
            self.sites[site] = self._bare(site, len(unit.sites))
            unit.sites.append(self.sites[site])
            if site.kind in (t.CallKind.STATIC, t.CallKind.INTERFACE):
                self._callees.update(_called(site.node))
        for literal, made in self.literals.items():
            made.params = [self.local(var) for var in literal.params]
        unit.params = [self.local(var) for var in info.params]
        unit.receiver = self.local(info.receiver) if info.receiver is not None else None
        skipped, numbered = self._skipped, self._made
        for e, operand in info.operands.items():
            if operand.type not in skipped and e not in numbered:
                self._numbered(e, operand)
        for site in info.calls:
            self._fill(self.sites[site], site)
        for target, sources in info.flows.items():
            at = self.node(target)
            assert at is not None
            unit.stores.setdefault(at, []).extend((self.node(source), pos) for source, pos in sources)
        for obj, holders in info.addressed.items():
            found = [node for holder in holders if (node := self.node(holder)) is not None]
            if isinstance(obj, t.Field):
                unit.address_taken.setdefault(self.nodes.field(obj), []).extend(found)
            elif obj.role == "global":
                unit.address_taken[self.nodes.variable(obj)] = found
            else:
                self.local(obj).address_taken = found
        for var in info.captured:
            self.local(var).captured = True
        unit.reads = [Read(read.obj, read.pos, self.owner(read.owner)) for read in info.reads]
        unit.boxed = tuple(info.boxed)
        unit.arguments = {param: tuple(types) for param, types in info.arguments.items()}
        return unit

    def numbers(self) -> dict[ast.Expr, int]:
        return {e: made.index for e, made in self._made.items() if made is not None}

    # Variables, owners, calls

    def local(self, var: t.Var) -> Local:
        found = self._vars.get(var)
        if found is None:
            owner = self.owner(var.owner)
            found = self._vars[var] = Local(var.type, var.name, var.role, self.unit, owner, var.index)
        return found

    def variable(self, var: t.Var) -> Local | Global:
        return self.nodes.variable(var) if var.role == "global" else self.local(var)

    def owner(self, owner: object) -> Owner | None:
        """A function or literal; what the checker calls the owner of other variables is none."""
        if isinstance(owner, checked.Literal):
            return self.literals[owner]
        return owner if isinstance(owner, t.Func) else None

    def _bare(self, site: CallSite, index: int) -> Site:
        fun = site.node.fun
        while isinstance(fun, ast.Index):
            fun = fun.x
        name = fun.sel.name if isinstance(fun, ast.Selector) else fun.name if isinstance(fun, ast.Ident) else ""
        return Site(
            self.unit,
            index,
            site.kind,
            name,
            site.node.pos,
            site.node.start,
            site.node.end,
            site.func,
            self.literals[site.literal] if site.literal is not None else None,
            site.selection,
            None,
            None,
            None,
            (),
            site.first,
            site.node.spread,
            site.modifier,
            site.detail,
            self.owner(site.owner),
            self._arguments(site.func, site.selection, site.node.fun),
        )

    def _arguments(self, func: t.Func | None, selection: t.Selection | None, e: ast.Expr) -> tuple[t.Type, ...]:
        """What stands for the type parameters of a function where an expression names it: of a method those of its receiver first."""
        if func is None or not func.tparams:
            return ()
        held = selection.recv.targs if selection is not None and isinstance(selection.recv, t.Named) else ()
        given = self.info.instances.get(e, {})
        return (*held, *[given.get(param, t.UNKNOWN) for param in func.tparams[len(held) :]])

    def _fill(self, made: Site, site: CallSite) -> None:
        args = [self.expression(arg) for arg in site.node.args]
        if made.name == _FORMATS:
            args = [self._number(e) or arg for arg, e in zip(args, site.node.args, strict=True)]
        made.args = tuple(args)
        made.recv = self.expression(site.recv) if site.recv is not None else None
        if site.kind not in (t.CallKind.STATIC, t.CallKind.INTERFACE):
            made.fun = self.expression(site.node.fun)
        if site.selection is not None:
            if site.selection.path:
                made.receiver = self.nodes.field(site.selection.path[-1])
            elif site.recv is not None:
                made.receiver = made.recv
            elif made.args and (packed := made.args[0]) is not None:
                made.receiver = self.nodes.component(packed, 0)

    # Nodes

    def node(self, node: checked.Node) -> Node | None:
        """A place of the checker's as a node; None for what is of no interest."""
        kind = node[0]
        if kind == "x":
            return self.expression(node[2])
        if kind == "v":
            return self.variable(node[1])
        if kind == "f":
            return self.nodes.field(node[1])
        if kind == "r":
            owner = self.owner(node[1])
            assert owner is not None
            return self.nodes.result(owner, node[2])
        if kind == "xi":
            made = self.expression(node[2])
            return self.nodes.component(made, node[3]) if made is not None else None
        if kind == "p":
            return self.nodes.panics
        part = _PARTS.get(kind)
        whole = self.node(node[1]) if part is not None else None
        return self.nodes.part(part, whole) if part is not None and whole is not None else None

    def expression(self, e: ast.Expr) -> Expression | None:
        """An expression's node, made once; None where its value is of no interest."""
        made = self._made.get(e)
        if made is not None:
            return made
        operand = self.info.operands.get(e)
        if operand is None or operand.type in self._skipped or e in self._made:
            return None
        return self._numbered(e, operand)

    def _numbered(self, e: ast.Expr, operand: Operand) -> Expression | None:
        made: Expression | None = None
        if isinstance(operand.value, str):
            made = Constant(operand.type, self.unit, 0, e.pos, operand.value)
        elif (make := _MAKERS.get(type(e))) is not None:
            made = make(self, e, operand.type)
        self._made[e] = made
        if made is not None:
            made.index = len(self.unit.expressions)
            self.unit.expressions.append(made)
        return made

    def opaque(self, e: ast.Expr, typ: t.Type) -> Opaque:
        return Opaque(typ, self.unit, 0, e.pos)

    def unary(self, e: ast.Unary, typ: t.Type) -> Expression:
        x = self.expression(e.x)
        if e.op == "<-":
            return Receive(typ, self.unit, 0, e.pos, x)
        if e.op != "&":
            return Same(typ, self.unit, 0, e.pos, x)
        used = self.info.uses.get(e.x)
        var = self.variable(used) if isinstance(used, t.Var) else None
        return AddressOf(typ, self.unit, 0, e.pos, x, var)

    def load(self, e: ast.Star, typ: t.Type) -> Load:
        return Load(typ, self.unit, 0, e.pos, self.expression(e.x))

    def index(self, e: ast.Index, typ: t.Type) -> Expression | None:
        func = self.info.uses.get(e)
        if isinstance(func, t.Func):
            if e in self._callees:
                return None
            return FunctionUse(typ, self.unit, 0, e.pos, func, None, None, self._arguments(func, None, e))
        return IndexOf(typ, self.unit, 0, e.pos, self.expression(e.x))

    def same(self, e: ast.SliceExpr | ast.TypeAssert, typ: t.Type) -> Same:
        return Same(typ, self.unit, 0, e.pos, self.expression(e.x))

    def binary(self, e: ast.Binary, typ: t.Type) -> Expression:
        if e.op != "+" or t.underlying(typ) not in _STRINGS:
            return Opaque(typ, self.unit, 0, e.pos)
        return Concat(typ, self.unit, 0, e.pos, self.expression(e.x), self.expression(e.y))

    def closure(self, e: ast.FuncLit, typ: t.Type) -> Closure | None:
        literal = self.info.literals.get(e)
        if literal is None:
            return None
        made = self.literals[literal]
        made.value = Closure(typ, self.unit, 0, e.pos, made)
        return made.value

    def named(self, e: ast.Ident | ast.Selector, typ: t.Type) -> Expression | None:
        if e in self._callees:
            return None
        used = self.info.uses.get(e)
        match used:
            case t.Var() if used.role == "global":
                return Use(typ, self.unit, 0, e.pos, self.nodes.variable(used))
            case t.Var():
                # One that is only declared or assigned here has no value of its own.
                stores = self.info.reaching.get(e)
                return Use(typ, self.unit, 0, e.pos, self.local(used), *stores) if stores is not None else None
            case t.Func():
                return FunctionUse(typ, self.unit, 0, e.pos, used, None, None, self._arguments(used, None, e))
            case None:
                pass
            case _:
                return Opaque(typ, self.unit, 0, e.pos)
        selection = self.info.selections.get(e)
        if selection is None or not isinstance(e, ast.Selector):
            return Opaque(typ, self.unit, 0, e.pos) if t.is_unknown(typ) else None
        x = self.expression(e.x)
        if selection.field is not None:
            return FieldUse(typ, self.unit, 0, e.pos, self.nodes.field(selection.field), x)
        path = selection.path
        receiver = self.nodes.field(path[-1]) if path and e.x in self.info.operands else x
        if selection.func is not None:
            given = self._arguments(selection.func, selection, e)
            return FunctionUse(typ, self.unit, 0, e.pos, selection.func, receiver, x, given)
        return MethodUse(typ, self.unit, 0, e.pos, e.sel.name, selection, receiver)

    def call(self, e: ast.Call, typ: t.Type) -> Expression:
        site = self.info.sites.get(e)
        if site is not None:
            made = self.sites[site]
            made.value = CallValue(typ, self.unit, 0, e.pos, made)
            return made.value
        used = self.info.uses.get(e.fun)
        args = tuple([self.expression(arg) for arg in e.args])
        if isinstance(used, t.Builtin) and used.name == "append":
            return Append(typ, self.unit, 0, e.pos, args, e.spread)
        if not args:
            return Recover(typ, self.unit, 0, e.pos)
        return Convert(typ, self.unit, 0, e.pos, args)

    def composite(self, e: ast.CompositeLit, typ: t.Type) -> Composite:
        struct = isinstance(t.core(t.deref(typ)), t.Struct)
        keys = tuple([None if struct or pair.key is None else self.expression(pair.key) for pair in e.elements])
        values = tuple([self.expression(pair.value) for pair in e.elements])
        fields = (
            tuple([pair.key.name if isinstance(pair.key, ast.Ident) else "" for pair in e.elements]) if struct else None
        )
        labels: tuple[str, ...] = ()
        if isinstance(t.deref(typ), t.Absent) and not any(pair.key in self.info.operands for pair in e.elements):
            labels = tuple([pair.key.name if isinstance(pair.key, ast.Ident) else "" for pair in e.elements])
        return Composite(typ, self.unit, 0, e.pos, keys, values, fields, labels)

    def _number(self, e: ast.Expr) -> Constant | None:
        """A constant integer."""
        x = self.info.operands.get(e)
        if x is None or not isinstance(x.value, int) or isinstance(x.value, bool):
            return None
        made = Constant(x.type, self.unit, len(self.unit.expressions), e.pos, x.value)
        self.unit.expressions.append(made)
        return made


def _called(call: ast.Call) -> list[ast.Expr]:
    """What is called, with what is written around it for type arguments."""
    fun = call.fun
    out = [fun]
    while isinstance(fun, ast.Index):
        fun = fun.x
        out.append(fun)
    return out


_PARTS: dict[str, type[Part]] = {"e": Element, "k": Key, "*": Pointee}
_MAKERS: dict[type[ast.Expr], Callable[[_Builder, Any, t.Type], Expression | None]] = {
    ast.Ident: _Builder.named,
    ast.Selector: _Builder.named,
    ast.Call: _Builder.call,
    ast.BasicLit: _Builder.opaque,
    ast.CompositeLit: _Builder.composite,
    ast.FuncLit: _Builder.closure,
    ast.Unary: _Builder.unary,
    ast.Star: _Builder.load,
    ast.Index: _Builder.index,
    ast.SliceExpr: _Builder.same,
    ast.TypeAssert: _Builder.same,
    ast.Binary: _Builder.binary,
    ast.Bad: _Builder.opaque,
}
"""How each kind of expression is made; types are none."""
