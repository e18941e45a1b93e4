"""Which steps a chain of calls can take one after the other.

A function that calls what it is given calls, on one chain, what that chain gave it. So a chain that is looked for backwards comes to
the caller of such a call with a ``Need``: a parameter holds what is called. It goes on to the calls that hand this in, where the
need is met, or handed on by a parameter of the next function, through any number of them. A function literal has with it
what the function that made it was given. What a field, a package variable, a channel or a wire hands over is no need of the chain.

So it is with the branches of a program that is started: what they ask of its arguments comes along, until the chain comes to the
start, which gives it arguments that may be so, or else is not on the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import product

from tracer.codes import Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.handed import Carried, Elsewhere, Handed, Made, Origin
from tracer.golang.summary.nodes import Literal, Local, Site
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.model import EdgeKind
from tracer.wire.arguments import Asked
from tracer.wire.branches import Branches
from tracer.wire.process import Process

MAX_NEEDS = 3
"""How many parameters are minded at once, and how deep literals that were given to others."""

MAX_ASKED = 6
"""How many things are minded that are asked of a program's arguments."""


@dataclass(frozen=True, slots=True)
class Need:
    """A parameter or receiver that must hold a value; ``around`` is what else held where that was made."""

    var: Local
    value: Carried
    around: Context = frozenset()


Context = frozenset[Need]
"""All that must hold in a function for a chain to go on from it."""
ANY: Context = frozenset()


class Started(IntEnum):
    """What a chain starts on its way: no program, others, or also the one that starts it."""

    NOTHING = 0
    OTHERS = 1
    ITSELF = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A function on a chain, and what must hold there for the rest of the chain; more than that if something was ``lost``.

    ``started`` is what the rest of the chain starts, ``asked`` what it asks of the arguments that the program was
    started with; ``held`` is whether it comes to its end by a field that holds that.
    """

    node: Node
    context: Context = ANY
    lost: bool = False
    started: Started = Started.NOTHING
    asked: frozenset[Asked] = frozenset()
    held: bool = False

    @property
    def order(self) -> tuple[bool, Started, bool]:
        """What is told before that of other places; the least first."""
        return self.lost, self.started, self.held

    def covers(self, other: Place) -> bool:
        """Whether a chain from here is told before one from another place of the function, and can be taken where that can."""
        less = self.context <= other.context and self.asked <= other.asked
        return less and all(mine <= others for mine, others in zip(self.order, other.order, strict=True))


@dataclass(slots=True, eq=False)
class Matching:
    """The steps of one graph as chains can take them."""

    graph: CallGraph
    _branches: dict[str, Branches] = field(default_factory=dict[str, Branches])
    _before: dict[tuple[Step, Context], list[Place]] = field(
        default_factory=dict["tuple[Step, Context]", "list[Place]"]
    )

    def before(self, step: Step, place: Place) -> list[Place]:
        """Where a chain can come from that goes on by a step to a place: one of these; none where it cannot be taken."""
        asked = self._asked(step, place.asked)
        if asked is None:
            return []
        started, held = max(place.started, started_by(step)), place.held or step.edge.rule is Rule.STORED
        if not place.context and not isinstance(step.by, Target):
            return [Place(step.source, ANY, place.lost, started, asked, held)]
        key = (step, place.context)
        found = self._before.get(key)
        if found is None:
            contexts = dict.fromkeys(map(_bounded, self._contexts(step, place.context)))
            found = self._before[key] = [Place(step.source, *each) for each in contexts]
        return [replace(each, lost=each.lost or place.lost, started=started, asked=asked, held=held) for each in found]

    def _asked(self, step: Step, asked: frozenset[Asked]) -> frozenset[Asked] | None:
        """What is asked of the arguments where a chain comes from; None where it starts the program with others."""
        if isinstance(step.by, Crossing):
            here = step.by.here
            if asked and isinstance(here, Process) and not here.arguments(step.by.stub.site).allow(asked):
                return None
            return frozenset()
        if not isinstance(step.site, Site):
            return asked
        analysis, _ = self.graph.objects[step.source]
        branches = self._branches.get(analysis.name)
        if branches is None:
            branches = self._branches[analysis.name] = Branches(analysis)
        _, target = self.graph.objects[step.target]
        more = branches.asked(step.site, target if isinstance(target, t.Func | Literal) else None, step.by)
        # What is not minded leaves its branch open.
        return asked | more if len(asked | more) <= MAX_ASKED else asked

    def _contexts(self, step: Step, context: Context) -> Iterator[Context]:
        site, by = step.site, step.by
        _, owner = self.graph.objects[step.target]
        if not isinstance(site, Site) or not isinstance(owner, t.Func | Literal) or isinstance(by, Crossing):
            return iter((ANY,))
        handed = self.graph.objects[step.source][0].flow_in(step.unit).handed
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
        return (ANY.union(*each) for each in product(*ways))


def started_by(step: Step) -> Started:
    """What a step starts."""
    if step.edge.kind is not EdgeKind.EXEC:
        return Started.NOTHING
    return Started.ITSELF if step.source.program == step.target.program else Started.OTHERS


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


def _bounded(context: Context) -> tuple[Context, bool]:
    """A context without what is too much to mind, and whether there is such."""
    kept = frozenset(_cut(need, ()) for need in sorted(context, key=_order)[:MAX_NEEDS])
    return kept, kept != context


def _cut(need: Need, outer: tuple[Carried, ...]) -> Need:
    """A need without what is too deep: literals that were given to literals, and such that were given to others of themselves."""
    inside = (*outer, need.value)
    around = () if len(inside) >= MAX_NEEDS else (x for x in need.around if x.value not in inside)
    return replace(need, around=frozenset(_cut(x, inside) for x in around))


def _order(need: Need) -> tuple[str, int]:
    return str(need.var), need.var.index
