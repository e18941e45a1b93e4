"""Summaries written down and read again: rows of texts and numbers, which name what is declared elsewhere by its path.

Nodes of a unit are numbered: first its variables, then what it shares with others, then its expressions, then parts of nodes and
single results of calls; what an expression is made of has a lower number than itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.codes import Detail, Message
from tracer.golang import types as t
from tracer.golang.load.package import Unit
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    CallValue,
    Closure,
    Component,
    Composite,
    Concat,
    Constant,
    Convert,
    Element,
    Entry,
    Expression,
    FieldNode,
    FieldUse,
    FunctionUse,
    Global,
    Holder,
    IndexOf,
    Key,
    Literal,
    Load,
    Local,
    MethodUse,
    Node,
    Opaque,
    Owner,
    Panics,
    Part,
    Pointee,
    Read,
    Receive,
    Recover,
    Result,
    Same,
    Site,
    Unary,
    UnitSummary,
    Use,
    entry_of,
)
from tracer.golang.summary.references import References, Row, Unwritable
from tracer.golang.summary.shared import Nodes

_ROLES = tuple(t.Role)
_CALLS = tuple(t.CallKind)
_UNARY: tuple[type[Unary], ...] = (Receive, Load, IndexOf, Same)
_KINDS: tuple[type[Expression], ...] = (
    Opaque,
    Constant,
    Use,
    FieldUse,
    FunctionUse,
    Closure,
    MethodUse,
    CallValue,
    Convert,
    Append,
    Recover,
    Composite,
    AddressOf,
    *_UNARY,
    Concat,
)
_PARTS: tuple[type[Part], ...] = (Element, Key, Pointee, Holder)
_OPAQUE, _CONSTANT, _USE, _FIELD, _FUNCTION, _CLOSURE, _METHOD, _CALL, _CONVERT, _APPEND, _RECOVER = range(11)
_COMPOSITE, _ADDRESS, _FIRST_UNARY, _CONCAT = 11, 12, 13, 17
_NUMBER: dict[type[Expression], int] = {kind: i for i, kind in enumerate(_KINDS)}
_OWN = frozenset((_CLOSURE, _CALL))
_NONE = -1


def write(unit: UnitSummary, refs: References) -> Row:
    """A summary as a row, the rows that it refers to among ``refs``. Raises Unwritable."""
    return _Writer(unit, refs).row()


class _Writer:
    __slots__ = ("locals", "numbers", "parts", "refs", "shared", "unit")

    def __init__(self, unit: UnitSummary, refs: References) -> None:
        self.unit = unit
        self.refs = refs
        self.numbers: dict[Node, int] = {}
        self.locals: list[Local] = []
        self.shared: list[Row] = []
        self.parts: list[Row] = []

    def row(self) -> Row:
        unit, refs = self.unit, self.refs
        self._collect()
        count = len(self.numbers)
        for e in unit.expressions:
            self.numbers[e] = count + e.index
        expressions = [self._expression(e) for e in unit.expressions]
        stores = [
            (self.node(target), tuple([x for source, pos in found for x in (self.node(source), pos)]))
            for target, found in unit.stores.items()
        ]
        taken = [(self.node(node), self.nodes(holders)) for node, holders in unit.address_taken.items()]
        sites = [self._site(site) for site in unit.sites]
        locals_ = [
            (
                refs.number(x.type),
                x.name,
                _ROLES.index(x.role),
                self._owner(x.owner),
                x.index,
                x.captured,
                self.nodes(x.address_taken),
            )
            for x in self.locals
        ]
        literals = [
            (
                x.name,
                refs.number(x.signature),
                x.pos,
                tuple([self.node(p) for p in x.params]),
                self.node(x.value),
            )
            for x in unit.literals
        ]
        return (
            locals_,
            self.shared,
            [(x.name, refs.number(x.signature), x.pos) for x in unit.literals],
            expressions,
            self.parts,
            literals,
            sites,
            [(refs.number(read.obj), read.pos, self._owner(read.owner)) for read in unit.reads],
            stores,
            taken,
            self.nodes(unit.params),
            self.node(unit.receiver),
            refs.numbers(unit.boxed),
            [(refs.number(param), refs.numbers(types)) for param, types in unit.arguments.items()],
        )

    def _collect(self) -> None:
        """Numbers the variables of the unit, and what it shares with others, as far as expressions are made of it."""
        unit = self.unit
        for var in unit.params:
            self._local(var)
        if unit.receiver is not None:
            self._local(unit.receiver)
        for literal in unit.literals:
            for var in literal.params:
                self._local(var)
        for target in unit.stores:
            if isinstance(target, Local):
                self._local(target)
        for e in unit.expressions:
            match e:
                case Use(var=Local() as var) | AddressOf(var=Local() as var):
                    self._local(var)
                case _:
                    pass
        for e in unit.expressions:
            match e:
                case Use(var=Global() as node) | AddressOf(var=Global() as node) | FieldUse(field=node):
                    self._share(node)
                case FunctionUse(receiver=FieldNode() as node) | MethodUse(receiver=FieldNode() as node):
                    self._share(node)
                case _:
                    pass

    def _local(self, var: Local) -> None:
        if var not in self.numbers:
            if self.shared:
                raise Unwritable
            self.numbers[var] = len(self.locals)
            self.locals.append(var)

    def _share(self, node: Node) -> None:
        if node not in self.numbers:
            self.numbers[node] = len(self.locals) + len(self.shared)
            self.shared.append(self._shared(node))

    def _shared(self, node: Node) -> Row:
        match node:
            case Global():
                return (0, self.refs.number(node.var), self.refs.number(node.type))
            case FieldNode():
                plain = node.type is node.field.type
                return (1, self.refs.number(node.field), _NONE if plain else self.refs.number(node.type))
            case _:
                raise Unwritable

    def node(self, node: Node | None) -> int:
        if node is None:
            return _NONE
        found = self.numbers.get(node)
        if found is None:
            row = self._part(node)
            found = self.numbers[node] = len(self.numbers)
            self.parts.append(row)
        return found

    def nodes(self, nodes: Sequence[Node | None]) -> tuple[int, ...]:
        return tuple([self.node(node) for node in nodes])

    def _part(self, node: Node) -> Row:
        match node:
            case Global() | FieldNode():
                return self._shared(node)
            case Part():
                return (2 + _PARTS.index(type(node)), self.node(node.whole), _NONE)
            case Component():
                return (6, self.node(node.call), node.index)
            case Entry():
                return (7, self.node(node.var), _NONE)
            case Panics():
                return (8, _NONE, _NONE)
            case Result(owner=Literal() as literal):
                return (9, literal.index, node.index)
            case Result(owner=t.Func() as func):
                number = -1 if func is self.unit.func else self.refs.number(func)
                return (10 + node.index, number, self.refs.number(node.type))
            case _:
                raise Unwritable

    def _owner(self, owner: Owner | None) -> int:
        """-1 for none, -2 for the unit's function, else the number of a literal."""
        if owner is None:
            return _NONE
        if isinstance(owner, Literal):
            return owner.index
        if owner is not self.unit.func:
            raise Unwritable
        return -2

    def _expression(self, e: Expression) -> Row:
        kind, typ = _NUMBER[type(e)], self.refs.number(e.type)
        match e:
            case Constant():
                return (kind, typ, e.pos, e.value)
            case Use():
                return (kind, typ, e.pos, self.node(e.var), e.since, e.until)
            case FieldUse():
                return (kind, typ, e.pos, self.node(e.field), self.node(e.x))
            case FunctionUse():
                func = -1 if e.func is self.unit.func else self.refs.number(e.func)
                return (kind, typ, e.pos, func, self.node(e.receiver), self.node(e.x), self.refs.numbers(e.targs))
            case Closure():
                return (kind, typ, e.pos, e.literal.index)
            case MethodUse():
                return (kind, typ, e.pos, e.name, self._selection(e.selection), self.node(e.receiver))
            case CallValue():
                return (kind, typ, e.pos, e.site.index)
            case Convert():
                return (kind, typ, e.pos, self.nodes(e.args))
            case Append():
                return (kind, typ, e.pos, self.nodes(e.args), e.spread)
            case Composite():
                return (kind, typ, e.pos, self.nodes(e.keys), self.nodes(e.values), e.fields, e.labels)
            case AddressOf():
                return (kind, typ, e.pos, self.node(e.x), self.node(e.var))
            case Unary():
                return (kind, typ, e.pos, self.node(e.x))
            case Concat():
                return (kind, typ, e.pos, self.node(e.x), self.node(e.y))
            case _:
                return (kind, typ, e.pos)

    def _selection(self, selection: t.Selection | None) -> Row | None:
        if selection is None:
            return None
        refs = self.refs
        return (
            refs.numbers([f.declared for f in selection.path]),
            refs.number(selection.recv),
            refs.number(selection.func) if selection.func is not None else _NONE,
            refs.number(selection.signature) if selection.signature is not None else _NONE,
        )

    def _site(self, site: Site) -> Row:
        func = site.func
        return (
            _CALLS.index(site.kind),
            site.name,
            site.pos,
            site.start,
            site.end,
            _NONE if func is None else -2 if func is self.unit.func else self.refs.number(func),
            _NONE if site.literal is None else site.literal.index,
            self._selection(site.selection),
            self.node(site.fun),
            self.node(site.recv),
            self.node(site.receiver),
            self.nodes(site.args),
            site.first,
            site.spread,
            site.modifier,
            () if site.detail is None else (site.detail.code.value, *site.detail.arguments),
            self._owner(site.caller),
            self.node(site.value),
            self.refs.numbers(site.targs),
        )


def read(row: Row, unit: Unit, func: t.Func | None, name: str, refs: References, nodes: Nodes) -> UnitSummary:
    """The summary that a row is of. Raises Unwritable where something that it names is not declared any more."""
    return _Reader(UnitSummary(unit, func, name), refs, nodes).read(row)


class _Reader:
    __slots__ = ("made", "refs", "shared", "unit")

    def __init__(self, unit: UnitSummary, refs: References, nodes: Nodes) -> None:
        self.unit = unit
        self.refs = refs
        self.shared = nodes
        self.made: list[Any] = []

    def read(self, row: Row) -> UnitSummary:
        (
            locals_,
            shared,
            bare,
            expressions,
            parts,
            literals,
            sites,
            reads,
            stores,
            taken,
            params,
            receiver,
            boxed,
            args,
        ) = row
        unit, refs, made = self.unit, self.refs, self.made
        get = refs.get
        for name, sig, pos in bare:
            unit.literals.append(Literal(unit, len(unit.literals), name, get(sig), pos))
        for typ, name, role, owner, index, captured, _ in locals_:
            made.append(Local(get(typ), name, self._role(role), unit, self._owner(owner), index, captured))
        made += [self._part(one) for one in shared]
        for site in sites:
            unit.sites.append(self._bare(site))
        for e in expressions:
            one = self._expression(e)
            one.index = len(unit.expressions)
            unit.expressions.append(one)
            made.append(one)
        for part in parts:
            made.append(self._part(part))
        for var, (*_, holders) in zip(made, locals_, strict=False):
            if holders:
                var.address_taken = self.several(holders)
        for literal, (_, _, _, own, value) in zip(unit.literals, literals, strict=True):
            literal.params = self.several(own)
            literal.value = self.node(value)
        for site, one in zip(unit.sites, sites, strict=True):
            self._fill(site, one)
        unit.reads = [Read(get(obj), pos, self._owner(owner)) for obj, pos, owner in reads]
        for target, found in stores:
            unit.stores[made[target]] = [
                (made[source] if source >= 0 else None, pos)
                for source, pos in zip(found[::2], found[1::2], strict=True)
            ]
        unit.address_taken = {made[node]: self.several(holders) for node, holders in taken}
        unit.params = self.several(params)
        unit.receiver = self.node(receiver)
        unit.boxed = tuple(refs.several(boxed))
        unit.arguments = {get(param): tuple(refs.several(types)) for param, types in args}
        return unit

    def node(self, number: int) -> Any:
        return self.made[number] if number >= 0 else None

    def several(self, numbers: Sequence[int]) -> list[Any]:
        made = self.made
        return [made[number] if number >= 0 else None for number in numbers]

    @staticmethod
    def _role(number: int) -> t.Role:
        return _ROLES[number]

    @staticmethod
    def _kind(number: int) -> t.CallKind:
        return _CALLS[number]

    def _owner(self, number: int) -> Owner | None:
        if number >= 0:
            return self.unit.literals[number]
        return self.unit.func if number == -2 else None

    def _part(self, row: Row) -> Node:
        kind: int
        of: int
        kind, of, index = row
        match kind:
            case 0:
                return self.shared.variable(self.refs.get(of), self.refs.get(index))
            case 1:
                declared: t.Field = self.refs.get(of)
                return self.shared.field_of(declared, self.refs.get(index) if index >= 0 else declared.type)
            case 2 | 3 | 4 | 5:
                return self.shared.part(_PARTS[kind - 2], self.made[of])
            case 6:
                return self.shared.component(self.made[of], index)
            case 7:
                return entry_of(self.made[of])
            case 8:
                return self.shared.panics
            case 9:
                return self.shared.result(self.unit.literals[of], index)
            case _:
                func = self.unit.func if of < 0 else self.refs.get(of)
                assert func is not None
                return self.shared.result(func, kind - 10, self.refs.get(index))

    def _expression(self, row: Row) -> Expression:
        kind: int = row[0]
        pos: int = row[2]
        own: int = row[3] if kind in _OWN else _NONE
        typ, unit, made = self.refs.get(row[1]), self.unit, self.made
        if kind == _USE:
            return Use(typ, unit, 0, pos, made[row[3]], row[4], row[5])
        if kind == _FIELD:
            return FieldUse(typ, unit, 0, pos, made[row[3]], self.node(row[4]))
        if kind == _CALL:
            return CallValue(typ, unit, 0, pos, unit.sites[own])
        if kind == _CONSTANT:
            return Constant(typ, unit, 0, pos, row[3])
        if _FIRST_UNARY <= kind < _CONCAT:
            unary: type[Unary] = _UNARY[kind - _FIRST_UNARY]
            return unary(typ, unit, 0, pos, self.node(row[3]))
        match kind:
            case 0:
                return Opaque(typ, unit, 0, pos)
            case 10:
                return Recover(typ, unit, 0, pos)
            case 4:
                func = unit.func if row[3] < 0 else self.refs.get(row[3])
                assert func is not None
                given = tuple(self.refs.several(row[6]))
                return FunctionUse(typ, unit, 0, pos, func, self.node(row[4]), self.node(row[5]), given)
            case 5:
                return Closure(typ, unit, 0, pos, unit.literals[own])
            case 6:
                selection = self._selection(row[4])
                assert selection is not None
                return MethodUse(typ, unit, 0, pos, row[3], selection, self.node(row[5]))
            case 8:
                return Convert(typ, unit, 0, pos, tuple(self.several(row[3])))
            case 9:
                return Append(typ, unit, 0, pos, tuple(self.several(row[3])), row[4])
            case 11:
                keys, values = tuple(self.several(row[3])), tuple(self.several(row[4]))
                return Composite(typ, unit, 0, pos, keys, values, row[5], row[6])
            case 12:
                return AddressOf(typ, unit, 0, pos, self.node(row[3]), self.node(row[4]))
            case _:
                return Concat(typ, unit, 0, pos, self.node(row[3]), self.node(row[4]))

    def _selection(self, row: Row | None) -> t.Selection | None:
        if row is None:
            return None
        path, recv, func, sig = row
        get = self.refs.get
        return t.Selection(
            tuple(self.refs.several(path)),
            get(recv),
            None,
            get(func) if func >= 0 else None,
            get(sig) if sig >= 0 else None,
        )

    def _bare(self, row: Row) -> Site:
        (
            kind,
            name,
            pos,
            start,
            end,
            func,
            literal,
            selection,
            _,
            _,
            _,
            _,
            first,
            spread,
            modifier,
            detail,
            caller,
            _,
            given,
        ) = row
        unit = self.unit
        number: int = literal
        return Site(
            unit,
            len(unit.sites),
            self._kind(kind),
            name,
            pos,
            start,
            end,
            unit.func if func == -2 else self.refs.get(func) if func >= 0 else None,
            unit.literals[number] if number >= 0 else None,
            self._selection(selection),
            None,
            None,
            None,
            (),
            first,
            spread,
            modifier,
            Message(Detail(detail[0]), tuple(detail[1:])) if detail else None,
            self._owner(caller),
            tuple(self.refs.several(given)),
        )

    def _fill(self, site: Site, row: Row) -> None:
        site.fun, site.recv, site.receiver = self.node(row[8]), self.node(row[9]), self.node(row[10])
        site.args = tuple(self.several(row[11]))
        site.value = self.node(row[17])
