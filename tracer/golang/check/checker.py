"""Knows the objects, types and units of one program (go/types' job), each decided when it is asked for.

``Checker.check`` visits a unit (a function, or the initialisers of variables) once and returns its ``Info``.
"""

from __future__ import annotations

import re

from tracer.golang import types as t
from tracer.golang.check import calls, expressions, literals, statements
from tracer.golang.check.declarations import Declarations
from tracer.golang.check.info import Info
from tracer.golang.check.operand import Operand
from tracer.golang.check.resolver import Resolver
from tracer.golang.check.scope import Scope
from tracer.golang.check.walker import Forms, Walker
from tracer.golang.load.package import Package, Unit
from tracer.golang.load.program import Program
from tracer.syntax import ast

_FORMS = Forms(expressions.FORMS | literals.FORMS | calls.FORMS, statements.FORMS)
_SIMPLER = Forms(_FORMS.expressions | literals.TYPES_OF, statements.FORMS)
_LITERAL = re.compile(rb"\bfunc\s*\(")


class Checker:
    """Checks the units of one program; keeps what it found of declared objects, which ``Declarations`` know."""

    __slots__ = (
        "_literals",
        "constants",
        "declaration",
        "declarations",
        "header",
        "owners",
        "program",
        "qualified",
        "receiver_type",
        "receivers",
        "resolver",
        "scope",
        "signature_of",
        "type_of_name",
        "unit_of",
    )

    def __init__(self, program: Program) -> None:
        self.program = program
        self.resolver = Resolver(program)
        self._literals: dict[Package, dict[Unit, int]] = {}
        self.declarations = Declarations(self.resolver, self.operand)
        self.constants = self.declarations.constants
        self.owners = self.declarations.owners
        self.receivers = self.declarations.receivers
        self.header = self.declarations.header
        self.declaration = self.declarations.declaration
        self.qualified = self.declarations.types.qualified
        self.receiver_type = self.declarations.receiver_type
        self.scope = self.declarations.scope
        self.signature_of = self.declarations.signature_of
        self.type_of_name = self.declarations.type_of_name
        self.unit_of = self.declarations.unit_of

    # Objects

    def type_of_object(self, obj: t.Object) -> t.Type:
        return self.declarations.operand_of(obj).type

    def value_of(self, const: t.Const) -> Operand | None:
        """The operand of a declared constant; None if its value could not be computed."""
        found = self.declarations.constant(const)
        return found if found.value is not None else None

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

    # Expressions outside of the units that hold them

    def operand(self, e: ast.Expr, scope: Scope, typ: t.Type | None = None) -> Operand:
        """What an expression is, as one that is assigned to a ``typ`` if it is given; nothing else is kept."""
        unit = scope.file.unit(scope.file.declaration_at(0) or scope.file.facts.declarations[0])
        info = Info(unit, None, "")
        found = Walker(self.declarations, _SIMPLER, info).expr(e, scope, typ)
        info.release()
        return found

    def evaluate(self, e: ast.Expr, scope: Scope) -> Operand | None:
        """A constant expression; None if it is none, or its value could not be computed."""
        found = self.operand(e, scope)
        return found if found.value is not None else None

    # Units

    def check(self, unit: Unit) -> Info:
        """Everything about one unit."""
        is_func = unit.declaration.kind in ("func", "method")
        return self._function(unit) if is_func else self._variables(unit)

    def check_func(self, func: t.Func) -> Info:
        return self.check(self.unit_of(func))

    def _variables(self, unit: Unit) -> Info:
        info = Info(unit, None, f"{unit.file.package.path}.init")
        scope = self.scope(unit.file)
        walker = Walker(self.declarations, _FORMS, info, self._literals_before(unit))
        for spec in unit.file.specs(unit.declaration):
            if isinstance(spec, ast.ValueSpec) and spec.kind == "var":
                statements.package_variables(walker, spec, scope)
        return info

    def _function(self, unit: Unit) -> Info:
        func = self.func_at(unit)
        assert func is not None
        info = Info(unit, func, func.full_name)
        decl = self.declaration(func)
        scope = self.scope(unit.file)
        sig = self.signature_of(func)
        for param in func.tparams:
            scope.names[param.name] = t.TypeName(param.name, None, None, None, type=param)
        walker = Walker(self.declarations, _FORMS, info)
        if decl.recv is not None:
            recv = decl.recv
            info.receiver = walker.declare(recv.name, self.receiver_type(func), t.Role.RECV, recv.pos, scope)
            info.receiver.owner = func
        info.params = walker.parameters(decl.type.params, sig.params, func, scope, t.Role.PARAM)
        walker.named_results(walker.parameters(decl.type.results, sig.results, func, scope, t.Role.RESULT), func)
        if decl.body is not None:
            walker.stmts(decl.body.stmts, scope)
        return info

    def _literals_before(self, unit: Unit) -> int:
        """How many function literals may stand in the package's variables before a unit: names of them must differ."""
        package = unit.file.package
        known = self._literals.get(package)
        if known is None:
            known = self._literals[package] = {}
            count = 0
            for file in package.files:
                for declaration in file.facts.declarations:
                    if declaration.kind == "var":
                        known[file.unit(declaration)] = count
                        count += len(_LITERAL.findall(file.source, declaration.start, declaration.end))
        return known.get(unit, 0)


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
