"""What code asks of what it was handed, before it makes a call: that a parameter is ``nil``, or a constant, or not.

Conditions around a call, and those before it that leave, on a parameter, a receiver, or a field of one that is a struct by
value. Only what nothing in the code around can change is asked: what is assigned, or has its address taken, leaves a branch open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.check.operand import Mode
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Composite, FieldNode, FunctionUse, Local, Pos, Site, UnitSummary, Use
from tracer.syntax import ast
from tracer.syntax.guards import around_calls, evaluated_before, operands

LEAVING = frozenset(("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"))
_JUMPS = re.compile(rb"\b(?:fallthrough|goto)\b")


class Nil:
    """The value ``nil``."""

    def __repr__(self) -> str:
        return "nil"


NIL = Nil()
Exact = bool | int | str | Nil
"""A value that a condition asks for."""


@dataclass(frozen=True, slots=True)
class Holds:
    """That a parameter or receiver, or a ``field`` of it, is one of some ``values``; where ``holds`` is False none of them."""

    var: Local
    field: FieldNode | None
    values: frozenset[Exact]
    holds: bool = True

    def allows(self, value: Exact) -> bool:
        """Whether that is so of a value."""
        return (value in self.values) is self.holds

    def fits(self, other: Holds) -> bool:
        """Whether this and another may be so at once."""
        if (self.var, self.field) != (other.var, other.field) or not (self.holds or other.holds):
            return True
        if self.holds and other.holds:
            return bool(self.values & other.values)
        one, not_these = (self, other) if self.holds else (other, self)
        return bool(one.values - not_these.values)

    @property
    def allows_others(self) -> bool:
        """Whether that is so of a value that is not ``nil``, whatever else it is."""
        return not self.holds or any(value is not NIL for value in self.values)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one unit asks, by its calls, and which of its expressions are constants, by their number.

    ``nils`` are the arguments that are written as ``nil``: the number of a call and that of the argument. ``declared`` is
    where variables are declared with a value.
    """

    asked: Mapping[int, frozenset[Holds]]
    constants: Mapping[int, Exact]
    nils: frozenset[tuple[int, int]]
    declared: frozenset[Pos]


@dataclass(slots=True, eq=False)
class Guarded:
    """The calls of one program, by what is asked before they are made."""

    analysis: Analysis
    _units: dict[UnitSummary, _Unit] = field(default_factory=dict[UnitSummary, _Unit])
    _dereferenced: dict[tuple[Site, Local], bool] = field(default_factory=dict[tuple[Site, Local], bool])
    _asking: dict[UnitSummary, int] = field(default_factory=dict[UnitSummary, int])

    def asked(self, site: Site) -> frozenset[Holds]:
        """What must be so of the parameters around a call for it to be made."""
        unit = site.unit
        first = self._asking.get(unit)
        if first is None:
            first = self._asking[unit] = _first_asked(unit)
        if not 0 <= first < site.pos:
            return frozenset()
        return self._of(unit).asked.get(site.index, frozenset())

    def constant(self, unit: UnitSummary, index: int) -> Exact | None:
        """The value of an expression, by its number in its unit, if that is a constant."""
        return self._of(unit).constants.get(index)

    def is_nil(self, site: Site, index: int) -> bool:
        """Whether an argument of a call is written as ``nil``."""
        return (site.index, index) in self._of(site.unit).nils

    def is_declared_with(self, unit: UnitSummary, pos: Pos) -> bool:
        """Whether a store is the one with which its variable is declared."""
        return pos in self._of(unit).declared

    def is_dereferenced(self, site: Site, var: Local) -> bool:
        """Whether a parameter that holds a pointer was dereferenced before a call is made, or for it: then it is not ``nil`` there.

        Go spec, "Selectors", "Address operators": dereferencing ``nil`` panics.
        """
        key = site, var
        if key not in self._dereferenced:
            told = bool(var.name) and not var.unit.stores.get(var)
            self._dereferenced[key] = told and self.analysis.looked_at(
                site.unit, lambda info, _: _is_dereferenced(self.analysis, info, site, var)
            )
        return self._dereferenced[key]

    def _of(self, unit: UnitSummary) -> _Unit:
        found = self._units.get(unit)
        if found is None:
            found = self._units[unit] = self.analysis.looked_at(
                unit, lambda info, numbers: _read(self.analysis, unit, info, numbers)
            )
        return found


def _first_asked(unit: UnitSummary) -> int:
    """Where the text of a unit may first ask something of a parameter; -1 where it does not."""
    declaration = unit.unit.declaration
    package = unit.file.package
    if package.is_std or unit.fault or unit.func is None:
        return -1
    params = [*unit.params, *(x for literal in unit.literals for x in literal.params)]
    names = {var.name for var in (*params, *([unit.receiver] if unit.receiver else ())) if _may_be_asked(var)} - {
        "_",
        "",
    }
    text = unit.file.source[declaration.start : declaration.end]
    if not names or _jumps(unit):
        return -1
    either = rb"(?:%s)\b(?:\.\w+)?" % b"|".join(sorted(re.escape(name.encode()) for name in names))
    found = re.search(
        rb"\b%s\s*[!=]=|[!=]=\s*%s|\bswitch\b[^\n{]*?\b%s\s*\{|(?:\bif|&&|\|\||!|\bcase|;)\s*!?\(*!?%s\s*(?:\{|&&|\|\||\)|:|,|\n)"
        % ((either,) * 4),
        text,
    )
    return declaration.start + found.start() if found is not None else -1


def _jumps(unit: UnitSummary) -> bool:
    """Whether code of a unit may go on elsewhere than what stands around it tells."""
    declaration = unit.unit.declaration
    return _JUMPS.search(unit.file.source, declaration.start, declaration.end) is not None


def _may_be_asked(var: Local) -> bool:
    """Whether a constant, ``nil``, or a struct whose fields may be such, is in a variable, and only assignments change it."""
    if var.captured or var.address_taken or t.is_unknown(var.type):
        return False
    if isinstance(var.type, t.TypeParam) or changes_itself(var.type):
        return False
    return isinstance(
        t.underlying(var.type),
        t.Basic | t.Pointer | t.Slice | t.Map | t.Chan | t.Signature | t.Interface | t.Struct,
    )


def changes_itself(typ: t.Type) -> bool:
    """Whether a type that is no struct has methods that may change a variable that they are called on."""
    if not isinstance(typ, t.Named) or isinstance(t.underlying(typ), t.Struct):
        return False
    return any(method.pointer for method in typ.obj.methods())


def pointing(var: Local) -> list[Use]:
    """Where a method is called on a pointer to a variable, which holds a struct (Go spec, "Calls")."""
    if not isinstance(t.underlying(var.type), t.Struct):
        return []
    called = (site.recv for site in var.unit.sites if site.func is None or site.func.pointer)
    bound = (e.x for e in var.unit.expressions if isinstance(e, FunctionUse) and e.func.pointer)
    return [x for x in (*called, *bound) if isinstance(x, Use) and x.var is var]


def is_operated(unit: UnitSummary, name: str) -> bool:
    """Whether a variable or field of a name may be changed by ``x++`` or ``x += y`` in a unit, which are no stores of values."""
    declaration = unit.unit.declaration
    text = unit.file.source[declaration.start : declaration.end]
    return re.search(rb"\b%s[\s)]*(?:\+\+|--|(?:[-+*/%%&|^]|<<|>>|&\^)=)" % re.escape(name.encode()), text) is not None


def _read(analysis: Analysis, unit: UnitSummary, info: Info, numbers: Mapping[ast.Expr, int]) -> _Unit:
    """What a unit asks, from its syntax."""
    reader = _Reader(analysis, unit, info)
    constants = {
        numbers[e]: value
        for e, operand in info.operands.items()
        if e in numbers and (value := _exact(operand.value)) is not None
    }
    nils = frozenset(
        (i, at) for i, site in enumerate(info.calls) for at, arg in enumerate(site.node.args) if _is_nil(info, arg)
    )
    declared = frozenset(
        stores[0][1] for place, stores in info.flows.items() if place[0] == "v" and stores[0][1] == place[1].pos
    )
    return _Unit(_merged(reader.asked()), constants, nils, declared)


def _merged(asked: Mapping[int, frozenset[Holds]]) -> dict[int, frozenset[Holds]]:
    """The same with one condition for all values that a parameter must not be."""
    out: dict[int, frozenset[Holds]] = {}
    for at, found in asked.items():
        values: dict[tuple[Local, FieldNode | None], frozenset[Exact]] = {}
        for one in found:
            if not one.holds:
                values[one.var, one.field] = values.get((one.var, one.field), frozenset()) | one.values
        out[at] = frozenset(
            (*(one for one in found if one.holds), *(Holds(*of, not_these, False) for of, not_these in values.items()))
        )
    return out


def _exact(value: object) -> Exact | None:
    return value if isinstance(value, bool | int | str) else None


def _is_nil(info: Info, e: ast.Expr) -> bool:
    operand = info.operands.get(e)
    return operand is not None and operand.mode is Mode.NIL


@dataclass(slots=True, eq=False)
class _Reader:
    """Reads the conditions of one unit."""

    analysis: Analysis
    unit: UnitSummary
    info: Info
    _kept: dict[t.Var, Local | None] = field(default_factory=dict["t.Var", "Local | None"])
    _told: dict[tuple[int, bool], frozenset[Holds]] = field(default_factory=dict[tuple[int, bool], "frozenset[Holds]"])

    def asked(self) -> dict[int, frozenset[Holds]]:
        """What is asked before each call, by its number."""
        info = self.info
        if info.func is None:
            return {}
        body = self.analysis.checker.declaration(info.func).body
        bodies = [*([body] if body is not None else ()), *(lit.node.body for lit in info.literals.values())]
        numbers = {id(site.node): i for i, site in enumerate(info.calls)}
        out: dict[int, frozenset[Holds]] = {}
        for one in bodies:
            for call, around in around_calls(one, self._leaves):
                at = numbers.get(id(call))
                asked = frozenset(x for guard in around for x in self._facts(guard.condition, holds=guard.holds))
                if at is not None and asked:
                    out[at] = asked
        return out

    def _leaves(self, block: ast.Block) -> bool:
        """Whether nothing comes after a block in its function."""
        return leaves(self.info, block)

    def _facts(self, e: ast.Expr, *, holds: bool) -> frozenset[Holds]:
        key = id(e), holds
        # A condition that a switch makes is there for each call anew, and has an address of its own for as long.
        if not isinstance(e, ast.Binary) or e.pos != ast.NO_POS:
            found = self._told.get(key)
            if found is None:
                found = self._told[key] = frozenset(self._find_facts(e, holds=holds))
            return found
        return frozenset(self._find_facts(e, holds=holds))

    def _find_facts(self, e: ast.Expr, *, holds: bool) -> Iterator[Holds]:
        """What a condition says of parameters where it holds, or does not."""
        match e:
            case ast.Unary(op="!"):
                yield from self._facts(e.x, holds=not holds)
            case ast.Binary(op="&&" | "||"):
                sides = self._facts(e.x, holds=holds), self._facts(e.y, holds=holds)
                if (e.op == "&&") is holds:
                    yield from (one for side in sides for one in side)
                else:
                    yield from _either(*sides)
            case ast.Binary(op="==" | "!="):
                for x, other in ((e.x, e.y), (e.y, e.x)):
                    value = self._value(other)
                    if value is not None and (of := self._operand(x, value)) is not None:
                        yield Holds(*of, frozenset((value,)), holds is (e.op == "=="))
            case ast.Ident() | ast.Selector():
                if (of := self._operand(e, True)) is not None:
                    yield Holds(*of, frozenset((True,)), holds)
            case _:
                pass

    def _value(self, e: ast.Expr) -> Exact | None:
        return NIL if _is_nil(self.info, e) else _exact(self.info.constant(e))

    def _operand(self, e: ast.Expr, value: Exact) -> tuple[Local, FieldNode | None] | None:
        """The parameter that an expression is, or the one whose field it is, if nothing changes that."""
        typ = self.info.types.get(e, t.UNKNOWN)
        # Whether what is in an interface equals a constant is a matter of its type as well.
        if t.is_unknown(typ) or isinstance(typ, t.TypeParam) or (value is not NIL and t.is_interface(typ)):
            return None
        if isinstance(value, bool) is not (t.underlying(typ) is t.BASICS["bool"]):
            return None
        if isinstance(e, ast.Selector):
            selection = self.info.selections.get(e)
            if selection is None or selection.field is None or selection.path:
                return None
            var = self.variable(e.x)
            if var is None or not isinstance(t.underlying(var.type), t.Struct):
                return None
            node = self.analysis.nodes.field(selection.field)
            return (var, node) if is_set_by_literals(self.unit, node) else None
        var = self.variable(e)
        return None if var is None else (var, None)

    def variable(self, e: ast.Expr) -> Local | None:
        """The parameter that an expression is, if that is still what the function was handed."""
        used = self.info.uses.get(e)
        if not isinstance(used, t.Var) or used.role not in (t.Role.PARAM, t.Role.RECV):
            return None
        if used not in self._kept:
            self._kept[used] = self._local(used)
        since, until = self.info.reaching.get(e, (-1, None))
        # Nothing was assigned to it before.
        comes = ("v", used) not in self.info.flows or (since < 0 and until == 0)
        return self._kept[used] if comes else None

    def _local(self, used: t.Var) -> Local | None:
        unit, name = self.unit, used.name
        owner = used.owner
        params: Iterable[Local | None] = (unit.receiver,) if used.role is t.Role.RECV else unit.params
        if owner is not unit.func:
            named = getattr(owner, "name", "")
            params = next((literal.params for literal in unit.literals if literal.name == named), ())
        var = next((x for x in params if x is not None and x.index == used.index and x.name == name), None)
        if var is None or not _may_be_asked(var) or is_operated(unit, name) or pointing(var):
            return None
        return var


def is_set_by_literals(unit: UnitSummary, node: FieldNode) -> bool:
    """Whether code of a unit gives a field its values by literals of its struct alone."""
    if node in unit.address_taken or changes_itself(node.type) or is_operated(unit, node.field.name):
        return False
    stores = unit.stores.get(node, ())
    if not stores:
        return True
    given = literal_values(unit)
    return all(source in given for source, _ in stores)


def literal_values(unit: UnitSummary) -> set[object]:
    """What the literals of a unit give their elements."""
    return {value for e in unit.expressions if isinstance(e, Composite) for value in e.values if value is not None}


def _is_dereferenced(analysis: Analysis, info: Info, site: Site, var: Local) -> bool:
    if info.func is None or _jumps(site.unit):
        return False
    literals = (lit.node.body for lit in info.literals.values() if lit.name == getattr(site.caller, "name", ""))
    body = next(literals, None) if site.caller is not info.func else analysis.checker.declaration(info.func).body
    reader = _Reader(analysis, site.unit, info)
    for e in operands(evaluated_before(body, site.pos)) if body is not None else ():
        of = e.x if isinstance(e, ast.Selector | ast.Star) else None
        if not isinstance(of, ast.Ident) or of.name != var.name or reader.variable(of) is not var:
            continue
        selection = info.selections.get(e)
        is_field = selection is not None and selection.field is not None
        if (is_field or isinstance(e, ast.Star)) and isinstance(t.underlying(var.type), t.Pointer):
            return True
    return False


def _either(one: frozenset[Holds], other: frozenset[Holds]) -> Iterator[Holds]:
    """What is so where one of two conditions holds: of one variable, if both ask of that."""
    for x in one:
        for y in other:
            if (x.var, x.field, x.holds) == (y.var, y.field, y.holds):
                values = x.values | y.values if x.holds else x.values & y.values
                if values:
                    yield Holds(x.var, x.field, values, x.holds)


def leaves(info: Info, block: ast.Block) -> bool:
    """Whether nothing comes after a block in its function."""
    match block.stmts[-1] if block.stmts else None:
        case ast.Return():
            return True
        case ast.ExprStmt(x=ast.Call() as call):
            used = info.uses.get(call.fun)
            if isinstance(used, t.Builtin):
                return used.name == "panic"
            site = info.sites.get(call)
            return site is not None and site.func is not None and site.func.full_name in LEAVING
        case _:
            return False
