"""What the units that were looked at hold for others: what they store, call and read, by what is asked for.

A unit is checked when the first question comes to it, and entered once; with a budget, a question looks at no more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tracer.golang import types as t
from tracer.golang.callgraph.defuse import Uses, uses_in
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info, Node, root_of
from tracer.golang.flow.places import Call, called_expr
from tracer.golang.load.package import File, Unit
from tracer.syntax import ast

_O = TypeVar("_O", t.Func, t.TypeName, t.Var, t.Field, str)


class OverBudget(Exception):  # noqa: N818  # no error: the search is put off
    """More functions would have to be looked at than the budget allows."""


class Index:
    """The units of one program that were looked at. ``spent`` counts those of the question at hand, where there is a ``budget``.

    ``stored`` tells what goes to a field, a package variable or a part of one, ``stored_parts`` which parts of them are
    stored in, ``handed_on`` which fields get the values of another one by conversion; calls and values of methods through
    interfaces are under the method's name.
    """

    def __init__(self, checker: Checker, budget: int | None) -> None:
        self.checker = checker
        self.budget = budget
        self.spent = 0
        self.stored: dict[Node, list[tuple[Node, File, ast.Pos]]] = {}
        self.stored_parts: dict[Node, dict[Node, None]] = {}
        self.handed_on: dict[t.Field, list[t.Field]] = {}
        self.addressed: dict[t.Var | t.Field, list[Node]] = {}
        self.static_calls: dict[t.Func, list[Call]] = {}
        self.interface_calls: dict[str, list[Call]] = {}
        self.values: dict[t.Func, list[tuple[Info, ast.Expr]]] = {}
        self.interface_values: dict[str, list[tuple[Info, ast.Expr]]] = {}
        self.fields_read: dict[t.Field, list[tuple[Info, ast.Expr]]] = {}
        self.vars_read: dict[t.Var, list[tuple[Info, ast.Expr]]] = {}
        self._looked_at: set[tuple[str, object]] = set()
        self._noted: set[Info] = set()
        self._uses: dict[Info, Uses] = {}

    def info(self, unit: Unit) -> Info:
        """What the checker found in a unit, entered here. Raises OverBudget."""
        info = self.checker.infos.get(unit)
        if info is None:
            if self.budget is not None and self.spent >= self.budget:
                raise OverBudget
            self.spent += 1
            info = self.checker.check(unit)
        if info not in self._noted:
            self._noted.add(info)
            self._note(info)
        return info

    def look_at(self, mentions: Callable[[_O], list[Unit]], obj: _O) -> None:
        """Checks the units that mention an object, all or none. Raises OverBudget."""
        key = (mentions.__name__, obj)
        if key in self._looked_at:
            return
        units = mentions(obj)
        if self.budget is not None:
            fresh = sum(unit not in self.checker.infos for unit in units)
            if self.spent + fresh > self.budget:
                raise OverBudget
        self._looked_at.add(key)
        for unit in units:
            self.info(unit)

    def _note(self, info: Info) -> None:
        """Enters what a unit holds for others into the indices."""
        for target, sources in info.flows.items():
            root = root_of(target)
            if root[0] in ("f", "p") or (root[0] == "v" and isinstance(root[1], t.Var) and root[1].role == "global"):
                stored = self.stored.setdefault(target, [])
                stored += [(source, info.file, pos) for source, pos in sources]
                for source, _ in sources:
                    if source[0] == target[0] == "f":
                        self.handed_on.setdefault(source[1], []).append(target[1])
                if target is not root:
                    self.stored_parts.setdefault(root, {})[target] = None
        for obj, holders in info.addressed.items():
            if isinstance(obj, t.Field) or obj.role == "global":
                self.addressed.setdefault(obj, []).extend(holders)
        called: set[ast.Expr] = set()
        for site in info.calls:
            if site.kind == "static" and site.func is not None:
                self.static_calls.setdefault(site.func, []).append((info, site))
                called.add(called_expr(site.node))
            elif site.kind == "interface":
                assert isinstance(site.node.fun, ast.Selector)
                self.interface_calls.setdefault(site.node.fun.sel.name, []).append((info, site))
                called.add(site.node.fun)
        for e, used in info.uses.items():
            if isinstance(used, t.Func) and e not in called:
                self.values.setdefault(used, []).append((info, e))
            elif isinstance(used, t.Var) and used.role == "global":
                self.vars_read.setdefault(used, []).append((info, e))
        for e, selection in info.selections.items():
            if selection.field is not None:
                self.fields_read.setdefault(selection.field.declared, []).append((info, e))
            elif selection.func is not None and e not in called:
                self.values.setdefault(selection.func, []).append((info, e))
            elif selection.func is None and isinstance(e, ast.Selector) and e not in called:
                self.interface_values.setdefault(e.sel.name, []).append((info, e))

    def uses_in(self, info: Info) -> Uses:
        """How the expressions of a unit are used."""
        found = self._uses.get(info)
        if found is None:
            found = self._uses[info] = uses_in(info)
        return found
