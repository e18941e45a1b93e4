"""Which steps a chain of calls can take one after the other.

A function that calls what it is given calls, on one chain, what that chain gave it. So a chain that is looked for backwards comes to
the caller of such a call with a ``Need``: a parameter holds what is called. It goes on to the calls that hand this in, where the
need is met, or handed on by a parameter of the next function, through any number of them. A function literal has with it
what the function that made it was given. What a field, a package variable, a channel or a wire hands over is no need of the chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.handed import Carried, Origin, Way
from tracer.golang.summary.nodes import Literal, Local, Site
from tracer.graph import CallGraph, Node, Step

MAX_NEEDS = 4
"""How many parameters are minded at once, and how deep literals that were given to others; beyond, a chain may take any step."""


@dataclass(frozen=True, slots=True)
class Need:
    """A parameter or receiver that must hold a value; ``around`` is what else held where that was made."""

    var: Local
    value: Carried
    around: Context = frozenset()

    @property
    def depth(self) -> int:
        return 1 + max((need.depth for need in self.around), default=0)


Context = frozenset[Need]
"""All that must hold in a function for a chain to go on from it."""
ANY: Context = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A function on a chain, and what must hold there for the rest of the chain."""

    node: Node
    context: Context = ANY


@dataclass(slots=True, eq=False)
class Matching:
    """The steps of one graph as chains can take them."""

    graph: CallGraph
    _before: dict[tuple[Step, Context], tuple[Context, ...]] = field(
        default_factory=dict["tuple[Step, Context]", "tuple[Context, ...]"]
    )

    def before(self, step: Step, context: Context) -> tuple[Context, ...]:
        """What must hold where a step begins, if ``context`` holds where it ends: one of these; none where it cannot be taken."""
        if not context and not isinstance(step.by, Target):
            return (ANY,)
        key = (step, context)
        found = self._before.get(key)
        if found is None:
            found = self._before[key] = self._find(step, context)
        return found

    def _find(self, step: Step, context: Context) -> tuple[Context, ...]:
        site, by = step.site, step.by
        _, owner = self.graph.objects[step.target]
        if not isinstance(site, Site) or not isinstance(owner, t.Func | Literal) or not (by is None or isinstance(by, Target)):
            return (ANY,)
        flow = self.graph.objects[step.source][0].flow
        own = [need for need in context if need.var.owner is owner]
        # What a literal was made with holds where it is handed on, and where it is made.
        made_with = frozenset(need for need in context if need.var.owner is not owner)
        ways = [_needs(flow.handed.passed(site, need.var, need.value), need.value, need.around) for need in own]
        called = flow.handed.called(site, owner, by.via) if by is not None else None
        if called is not None:
            value, origins = called
            ways.append(_needs(origins, value, made_with))
        elif by is None:
            ways.append([made_with])
        return tuple(dict.fromkeys(_bounded(ANY.union(*each)) for each in product(*ways)))


def _needs(origins: Iterable[Origin], value: Carried, around: Context) -> list[Context]:
    """What must hold for a value to come from one of its origins; where it may come from elsewhere, nothing must."""
    found = set(origins)
    if Way.ELSEWHERE in found or (Way.HERE in found and not around):
        return [ANY]
    handed_on = [frozenset((Need(var, value, around),)) for var in found if isinstance(var, Local)]
    return [around, *handed_on] if Way.HERE in found else handed_on


def _bounded(context: Context) -> Context:
    return ANY if len(context) > MAX_NEEDS or any(need.depth > MAX_NEEDS for need in context) else context
