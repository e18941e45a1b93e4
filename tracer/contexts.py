"""Which steps a chain of calls can take one after the other.

A function that calls what it is given calls, on one chain, what that chain gave it. So a chain that is looked for backwards comes to
the caller of such a call with a ``Need``: a parameter holds what is called. It goes on to the calls that hand this in, where the
need is met, or handed on by a parameter of the next function, through any number of them. A function literal has with it
what the function that made it was given. What a field, a package variable, a channel or a wire hands over is no need of the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.handed import Carried, Elsewhere, Handed, Made, Origin
from tracer.golang.summary.nodes import Literal, Local, Site
from tracer.graph import CallGraph, Node, Step

MAX_NEEDS = 3
"""How many parameters are minded at once, and how deep literals that were given to others; beyond, any chain may go on."""


@dataclass(frozen=True, slots=True)
class Need:
    """A parameter or receiver that must hold a value; ``around`` is what else held where that was made."""

    var: Local
    value: Carried
    around: Context = frozenset()

    @property
    def depth(self) -> int:
        return 1 + max((need.depth for need in self.around), default=0)

    def recurs(self, *outer: Carried) -> bool:
        """Whether a literal was made with another one of itself around: such wrapping has no end."""
        return self.value in outer or any(need.recurs(self.value, *outer) for need in self.around)


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
    _before: dict[tuple[Step, Context], tuple[Context | None, ...]] = field(
        default_factory=dict["tuple[Step, Context]", "tuple[Context | None, ...]"]
    )

    def before(self, step: Step, context: Context) -> tuple[Context | None, ...]:
        """What must hold where a step begins, if ``context`` holds where it ends: one of these; none where it cannot be taken.

        None where that would be too much to mind: then a chain may take any step.
        """
        if not context and not isinstance(step.by, Target):
            return (ANY,)
        key = (step, context)
        found = self._before.get(key)
        if found is None:
            found = self._before[key] = self._find(step, context)
        return found

    def _find(self, step: Step, context: Context) -> tuple[Context | None, ...]:
        site, by = step.site, step.by
        _, owner = self.graph.objects[step.target]
        if not isinstance(site, Site) or not isinstance(owner, t.Func | Literal) or not (by is None or isinstance(by, Target)):
            return (ANY,)
        handed = self.graph.objects[step.source][0].flow.handed
        # What a literal was made with holds where it is handed on, and where it is made.
        made_with = frozenset(need for need in context if need.var.owner is not owner)
        ways = [
            _needs(handed, handed.passed(site, need.var, need.value), need.value, need.around)
            for need in context
            if need.var.owner is owner
        ]
        called = handed.called(site, owner, by.via) if by is not None else None
        if called is not None:
            value, origins = called
            ways.append(_needs(handed, origins, value, made_with))
        elif by is None:
            ways.append([made_with])
        return tuple(dict.fromkeys(_bounded(ANY.union(*each)) for each in product(*ways)))


def _needs(handed: Handed, origins: Iterable[Origin], value: Carried, around: Context) -> list[Context]:
    """What must hold for a value to come from one of its origins; where it may come from elsewhere, nothing must."""
    out: dict[Context, None] = {}
    for origin in origins:
        match origin:
            case Elsewhere():
                return [ANY]
            case Made(calls=calls):
                out |= dict.fromkeys(_made(handed, calls, around))
            case Local():
                out[frozenset((Need(origin, value, around),))] = None
    return [ANY] if ANY in out else list(out)


def _made(handed: Handed, calls: Sequence[Site], around: Context) -> list[Context]:
    """What must hold for a literal to be made with what is ``around`` it, by calls of the function that makes it."""
    if not calls or not around:
        return [around]
    call = calls[-1]
    ways = [
        _needs(handed, handed.passed(call, need.var, need.value), need.value, need.around)
        if need.var.owner is call.func
        else [ANY]
        for need in around
    ]
    outer = (ANY.union(*each) for each in product(*ways))
    return [context for each in outer for context in _made(handed, calls[:-1], each)]


def _bounded(context: Context) -> Context | None:
    too_much = len(context) > MAX_NEEDS or any(need.depth > MAX_NEEDS or need.recurs() for need in context)
    return None if too_much else context
