"""What the units that were looked at hold for others: what they store, call and read, by what is asked for (gopls' xrefs).

A unit is summarised when the first question comes to it, and entered once; a query may look at no more units than its budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tracer.golang import types as t
from tracer.golang.callgraph.defuse import DefUse, uses_in
from tracer.golang.load.package import File, Unit
from tracer.golang.summary.nodes import (
    Expression,
    FieldNode,
    FieldUse,
    FunctionUse,
    Global,
    Local,
    MethodUse,
    Node,
    Panics,
    Pos,
    Same,
    Site,
    UnitSummary,
    Use,
    root_of,
)
from tracer.golang.summary.shared import Nodes
from tracer.golang.types.containers import is_boxed, is_container

_O = TypeVar("_O", t.Func, t.TypeName, t.Var, t.Field, t.Type, str)
Stored = tuple[Node, File, Pos]
"""What is stored, and where."""


class OverBudget(Exception):  # noqa: N818  # no error: the search is put off
    """More functions would have to be looked at than the budget allows."""


@dataclass(slots=True, eq=False)
class Query:
    """One question: how many units may be looked at for it (None: all that it takes), and how many were."""

    budget: int | None = None
    spent: int = 0


class CrossReferences:
    """The units of one program that were looked at. ``query`` is the question at hand.

    With ``runs``, which tells what code counts, other units hold nothing for others.

    ``stored`` tells what goes to a field, a package variable or a part of one, ``stored_parts`` which parts of them are
    stored in, ``copied_to`` which fields get the values of another one by conversion; calls and values of methods through
    interfaces are under the method's name. ``asserted`` are the containers that come out of an interface's value, by their type,
    with that value. ``boxed`` and ``arguments`` are those of all units, as ``UnitSummary`` has them.
    """

    __slots__ = (
        "_containers",
        "_looked_at",
        "_noted",
        "_runs",
        "_summarise",
        "_summarised",
        "_uses",
        "address_taken",
        "arguments",
        "asserted",
        "boxed",
        "copied_to",
        "fields_read",
        "interface_calls",
        "interface_values",
        "nodes",
        "offered",
        "query",
        "static_calls",
        "stored",
        "stored_parts",
        "values",
        "vars_read",
    )

    def __init__(
        self,
        summarise: Callable[[Unit], UnitSummary],
        nodes: Nodes,
        runs: Callable[[Unit], bool] | None = None,
        offered: dict[tuple[str, object], list[Unit]] | None = None,
    ) -> None:
        self._runs = runs
        self.nodes = nodes
        # What the text offers is the same for every flow of a program.
        self.offered: dict[tuple[str, object], list[Unit]] = {} if offered is None else offered
        self.query = Query()
        self.stored: dict[Node, list[Stored]] = {}
        self.stored_parts: dict[Node, dict[Node, None]] = {}
        self.copied_to: dict[FieldNode, list[FieldNode]] = {}
        self.address_taken: dict[Node, list[Node]] = {}
        self.static_calls: dict[t.Func, list[Site]] = {}
        self.interface_calls: dict[str, list[Site]] = {}
        self.values: dict[t.Func, list[FunctionUse]] = {}
        self.interface_values: dict[str, list[MethodUse]] = {}
        self.fields_read: dict[FieldNode, list[FieldUse]] = {}
        self.vars_read: dict[Global, list[Use]] = {}
        self.asserted: dict[t.Type, dict[Node, Node]] = {}
        self.boxed: set[t.TypeName] = set()
        self.arguments: dict[t.TypeParam, dict[t.Type, None]] = {}
        self._summarise = summarise
        self._summarised: dict[Unit, UnitSummary] = {}
        self._looked_at: dict[tuple[str, object], UnitSummary | None] = {}
        self._noted: set[UnitSummary] = set()
        self._uses: dict[UnitSummary, DefUse] = {}
        self._containers: dict[t.Type, bool] = {}

    def summary(self, unit: Unit) -> UnitSummary:
        """The summary of a unit, whatever the budget."""
        found = self._summarised.get(unit)
        if found is None:
            found = self._summarised[unit] = self._summarise(unit)
            if self.runs(unit):
                self.boxed.update(found.boxed)
                for param, types in found.arguments.items():
                    self.arguments.setdefault(param, {}).update(dict.fromkeys(types))
        return found

    def runs(self, unit: Unit) -> bool:
        """Whether a unit is code that counts: what another one holds for others is not entered."""
        return self._runs is None or self._runs(unit)

    def unit(self, unit: Unit) -> UnitSummary:
        """The summary of a unit, entered here. Raises OverBudget."""
        found = self._summarised.get(unit)
        if found is None:
            query = self.query
            if query.budget is not None and query.spent >= query.budget:
                raise OverBudget
            query.spent += 1
            found = self.summary(unit)
        if found not in self._noted:
            self._noted.add(found)
            if self.runs(unit):
                self._enter(found)
        return found

    def look_at(self, candidates: Callable[[_O], list[Unit]], obj: _O) -> UnitSummary | None:
        """Looks at the units that mention an object, all or none: what it is to one that could not be read is not known.

        Tells such a unit. Raises OverBudget.
        """
        key = (candidates.__name__, obj)
        if key in self._looked_at:
            return self._looked_at[key]
        offered = self.offered.get(key)
        if offered is None:
            offered = self.offered[key] = candidates(obj)
        units = [unit for unit in offered if self.runs(unit)]
        query = self.query
        if query.budget is not None:
            fresh = sum(unit not in self._summarised for unit in units)
            if query.spent + fresh > query.budget:
                raise OverBudget
        self._looked_at[key] = None
        summaries = [self.unit(unit) for unit in units]
        self._looked_at[key] = unread = next((one for one in summaries if one.fault), None)
        return unread

    def uses_in(self, unit: UnitSummary) -> DefUse:
        """How the expressions of a unit are used."""
        found = self._uses.get(unit)
        if found is None:
            found = self._uses[unit] = uses_in(unit, self.nodes)
        return found

    def _enter(self, unit: UnitSummary) -> None:
        """Enters what a unit holds for others."""
        for target, sources in unit.stores.items():
            root = root_of(target)
            if isinstance(root, FieldNode | Global | Panics):
                stored = self.stored.setdefault(target, [])
                for source, pos in sources:
                    if source is not None:
                        stored.append((source, unit.file, pos))
                        if isinstance(source, FieldNode) and isinstance(target, FieldNode):
                            self.copied_to.setdefault(source, []).append(target)
                if target is not root:
                    self.stored_parts.setdefault(root, {})[target] = None
            elif isinstance(target, Local):
                # The variable of a type switch (Go spec, "Type switches").
                for source, _ in sources:
                    if source is not None:
                        self._assert(source, target)
        for node, holders in unit.address_taken.items():
            self.address_taken.setdefault(node, []).extend(holders)
        for site in unit.sites:
            if site.kind is t.CallKind.STATIC and site.func is not None:
                self.static_calls.setdefault(site.func, []).append(site)
            elif site.kind is t.CallKind.INTERFACE:
                self.interface_calls.setdefault(site.name, []).append(site)
        for e in unit.expressions:
            self._enter_expression(e)

    def _enter_expression(self, e: Expression) -> None:
        kind = type(e)
        if kind is FieldUse:
            assert isinstance(e, FieldUse)
            self.fields_read.setdefault(e.field, []).append(e)
        elif kind is Use:
            assert isinstance(e, Use)
            if isinstance(e.var, Global):
                self.vars_read.setdefault(e.var, []).append(e)
        elif kind is FunctionUse:
            assert isinstance(e, FunctionUse)
            self.values.setdefault(e.func, []).append(e)
        elif kind is MethodUse:
            assert isinstance(e, MethodUse)
            self.interface_values.setdefault(e.name, []).append(e)
        elif kind is Same:
            assert isinstance(e, Same)
            if e.x is not None:
                self._assert(e.x, e)

    def _assert(self, source: Node, target: Node) -> None:
        if is_boxed(source.type) and self._is_container(target.type):
            self.asserted.setdefault(target.type, {})[target] = source

    def _is_container(self, typ: t.Type) -> bool:
        found = self._containers.get(typ)
        if found is None:
            found = self._containers[typ] = is_container(typ)
        return found
