"""The walk through the code of one unit: what every form of expression and statement is given to read and to note.

What is found goes into an ``Info``: the operand of each expression, what each name means, the calls, the reads of constants
and variables, and the flows: which expression is stored in which variable, field, element or result. The flows are the input
of ``flow``. ``Forms`` has the function for each, so that their modules need not know each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracer.golang import types as t
from tracer.golang.check.copies import field_copies
from tracer.golang.check.declarations import Declarations
from tracer.golang.check.info import Info, Literal, Node
from tracer.golang.check.operand import Mode, Operand
from tracer.golang.check.scope import Scope
from tracer.syntax import ast

_GOTO = re.compile(rb"\bgoto\b")


@dataclass(frozen=True, slots=True)
class Forms:
    """The function for each kind of expression, which gets the type that is wanted where that is known, and of statement."""

    expressions: dict[type, Callable[[Walker, Any, Scope, t.Type | None], Operand]]
    statements: dict[type, Callable[[Walker, Any, Scope], None]]


class Walker:
    """Walks the code of one unit.

    ``owner`` is the function or literal that a return returns from, ``caller`` the one that a call is a part of: in the
    body of a range over a function, they are two. ``calls`` is whether something was called or received so far.
    ``generic`` are generic functions as values that still lack type arguments, with those that are written.
    """

    __slots__ = (
        "_declared_in",
        "_forms",
        "_in_loops",
        "_jumps",
        "_literals",
        "_results",
        "caller",
        "calls",
        "declarations",
        "generic",
        "info",
        "loops",
        "modifier",
        "owner",
        "package",
        "types",
    )

    def __init__(self, declarations: Declarations, forms: Forms, info: Info, literals: int = 0) -> None:
        self.declarations = declarations
        self.types = declarations.types
        self.info = info
        self.package = info.file.package
        self.owner: object = info.func
        self.caller: object = info.func
        self.modifier = ""
        self.calls = False
        self.generic: dict[ast.Expr, tuple[t.Func, dict[t.TypeParam, t.Type]]] = {}
        self.loops: tuple[object, ...] = ()
        declaration = info.unit.declaration
        self._jumps = _GOTO.search(info.file.source, declaration.start, declaration.end) is not None
        # By the outermost loop that a variable is not declared in: the uses that a later store in that loop may reach.
        self._in_loops: dict[int, list[tuple[ast.Ident, t.Var]]] = {}
        self._forms = forms
        self._literals = literals
        self._results: dict[object, list[t.Var]] = {}
        self._declared_in: dict[t.Var, tuple[object, tuple[object, ...]]] = {}

    # Code

    def expr(self, e: ast.Expr, scope: Scope, hint: t.Type | None = None) -> Operand:
        """The operand of an expression; ``hint`` is the type of what it is assigned to, where that is known."""
        found = self.info.operands[e] = self._forms.expressions[type(e)](self, e, scope, hint)
        return found

    def expr_or_type(self, e: ast.Expr, scope: Scope) -> Operand:
        """The same for what may denote a type, which is not noted."""
        found = self._forms.expressions[type(e)](self, e, scope, None)
        if found.mode is not Mode.TYPE:
            self.info.operands[e] = found
        return found

    def stmts(self, stmts: tuple[ast.Stmt, ...], scope: Scope) -> None:
        for stmt in stmts:
            self.stmt(stmt, scope)

    def stmt(self, stmt: ast.Stmt | None, scope: Scope) -> None:
        if stmt is not None:
            self._forms.statements[type(stmt)](self, stmt, scope)

    # Variables

    def declare(self, name: str, typ: t.Type, role: t.Role, pos: ast.Pos, scope: Scope) -> t.Var:
        var = t.Var(name, typ, role, pos, self.info.file, self.info.unit)
        self._declared_in[var] = (self.owner, self.loops)
        if name and name != "_":
            scope.names[name] = var
        return var

    def parameters(
        self, params: tuple[ast.Param, ...], types: tuple[t.Type, ...], owner: object, scope: Scope, role: t.Role
    ) -> list[t.Var]:
        out: list[t.Var] = []
        for i, param in enumerate(params):
            var = self.declare(param.name, types[i] if i < len(types) else t.UNKNOWN, role, param.pos, scope)
            var.owner, var.index = owner, i
            out.append(var)
        return out

    def named_results(self, results: list[t.Var], owner: object) -> None:
        self._results[owner] = results
        for i, var in enumerate(results):
            if var.name:
                self.flow(("r", owner, i), ("v", var), var.pos)

    def named_result(self, index: int) -> t.Var | None:
        """The variable that a result of the function at hand is named by."""
        results = self._results.get(self.owner, ())
        return results[index] if index < len(results) and results[index].name else None

    def literal(self, e: ast.FuncLit, sig: t.Signature) -> Literal:
        """A function literal in the code at hand; those of all package variables are those of one function, init."""
        parent = self.caller
        if isinstance(parent, Literal):
            parent.count += 1
            name = f"{parent.name}${parent.count}"
        else:
            self._literals += 1
            name = f"{self.info.name}${self._literals}"
        literal = self.info.literals[e] = Literal(e, self.info, name, sig)
        return literal

    # Flows

    def flow(self, target: Node, source: Node, pos: ast.Pos) -> None:
        self.info.flows.setdefault(target, []).append((source, pos))

    def store(self, target: Node, source: Node, pos: ast.Pos, scope: Scope) -> None:
        """An assignment statement: what the variable held before is gone for the rest of the block."""
        var = target[1]
        if target[0] == "v" and isinstance(var, t.Var) and var.role is not t.Role.GLOBAL:
            scope.definitions[var] = len(self.info.flows.get(target, ()))
            if self._declared_in[var][0] is not self.owner:
                self.info.captured |= {var}
        self.flow(target, source, pos)

    def reaches(self, e: ast.Ident, var: t.Var, scope: Scope) -> None:
        """Notes the stores that can reach the use of a local variable: in a loop the later ones too, as far as it goes."""
        until: int | None = None
        owner, loops = self._declared_in.get(var, (None, ()))
        if self._jumps:
            # Whatever goto passes over or comes back to.
            self.info.reaching[e] = (-1, None)
            return
        if owner is self.owner:
            if loops == self.loops:
                until = len(self.info.flows.get(("v", var), ()))
            elif self.loops[: len(loops)] == loops:
                self._in_loops.setdefault(id(self.loops[len(loops)]), []).append((e, var))
        self.info.reaching[e] = (scope.last_definition(var), until)

    def leave_loop(self) -> None:
        """The end of a loop: no later store reaches what is used in it."""
        *around, loop = self.loops
        self.loops = tuple(around)
        for e, var in self._in_loops.pop(id(loop), ()):
            since, _ = self.info.reaching[e]
            self.info.reaching[e] = (since, len(self.info.flows.get(("v", var), ())))

    def goes(self, typ: t.Type, target: t.Type, pos: ast.Pos) -> None:
        """Notes what it means for types that a value goes to a place: it may lie in an interface, or hand on its fields."""
        if typ is target:
            return
        base = typ.elem if isinstance(typ, t.Pointer) else typ
        if t.is_unknown(target) or t.is_dynamic(target):
            # go/ssa's MakeInterface.
            if isinstance(base, t.Named) and base.obj not in self.info.boxed and not t.is_interface(base):
                self.info.boxed[base.obj] = None
        elif not isinstance(base, t.Basic | t.Signature):
            for into, source in field_copies(typ, target):
                self.flow(("f", into), ("f", source), pos)

    def part(self, e: ast.Expr, index: int) -> Node:
        """The i-th value of an expression on the right of a multi-value assignment."""
        if isinstance(e, ast.Call):
            return ("xi", self.info, e, index)
        return ("x", self.info, e) if index == 0 else ("none",)

    def place(self, e: ast.Expr) -> Node | None:
        """What an expression denotes as a variable that holds values."""
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
                    return ("f", selection.field)
                # Of a field of what has no known type, all that is known is that something is stored there.
                operand = self.info.operands.get(e)
                return ("x", self.info, e) if operand is not None and t.is_unknown(operand.type) else None
            case ast.Index():
                inner = self.place(e.x)
                return ("e", inner) if inner is not None else None
            case ast.Star(x=ast.Unary(op="&") as pointer):
                return self.place(pointer.x)
            case ast.Star():
                inner = self.place(e.x)
                return ("*", inner) if inner is not None else None
            case ast.SliceExpr() | ast.Unary(op="&"):
                return self.place(e.x)
            case ast.Call() | ast.Unary(op="<-") | ast.TypeAssert():
                return ("x", self.info, e)
            case _:
                return None

    def takes_address(self, operand: ast.Expr, holder: Node) -> None:
        """Notes that a node holds the address of a variable or field."""
        used = self.info.uses.get(operand)
        selection = self.info.selections.get(operand)
        if selection is not None and selection.field is not None:
            self.info.addressed.setdefault(selection.field, []).append(holder)
        elif isinstance(used, t.Var):
            self.info.addressed.setdefault(used, []).append(holder)
