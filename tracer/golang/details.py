"""A unit with its syntax beside its summary: for what only a reader of the source asks, such as how an argument is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.golang.check.info import CallSite, Info
from tracer.golang.summary.nodes import Expression, Site, UnitSummary
from tracer.syntax import ast


@dataclass(slots=True, eq=False)
class Details:
    """What the checker says of a unit, and which expressions the nodes of its summary are."""

    unit: UnitSummary
    info: Info
    _nodes: dict[ast.Expr, Expression]
    _syntax: dict[Expression, ast.Expr]

    @staticmethod
    def of(unit: UnitSummary, info: Info, numbers: Mapping[ast.Expr, int]) -> Details:
        """Those of a unit that was checked anew; its expressions have the same ``numbers``."""
        made = {e: unit.expressions[i] for e, i in numbers.items()}
        return Details(unit, info, made, {node: e for e, node in made.items()})

    @property
    def numbers(self) -> Mapping[ast.Expr, int]:
        """The numbers of the unit's expressions."""
        return {e: node.index for e, node in self._nodes.items()}

    def node(self, e: ast.Expr) -> Expression | None:
        """The node of an expression, if its value is of interest to the flow."""
        return self._nodes.get(e)

    def syntax(self, node: Expression) -> ast.Expr:
        """The expression that a node is."""
        return self._syntax[node]

    def literal_around(self, node: Expression) -> str:
        """The name of the innermost function literal that an expression stands in; empty where it stands in none."""
        e = self.syntax(node)
        around = [lit.name for lit in self.info.literals.values() if ast.holds(lit.node.body, e)]
        return max(around, key=len, default="")

    def call(self, site: Site) -> CallSite:
        """A call as the checker has it."""
        return self.info.calls[site.index]

    def site(self, call: CallSite) -> Site:
        """A call as the summary has it."""
        return self.unit.sites[self.info.calls.index(call)]
