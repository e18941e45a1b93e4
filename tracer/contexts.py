"""Which steps a chain of calls can take one after the other.

A function that calls what it is given calls, on one chain, what that chain gave it. So a chain that is looked for backwards comes to
the caller of such a call with a ``Need``: a parameter holds what is called. It goes on to the calls that hand this in, where the
need is met, or handed on by a parameter of the next function, through any number of them. A function literal has with it
what the function that made it was given. Generic code that calls what one instance alone may hold does so on chains of that
instance: a ``Stands`` comes along, of a type parameter, to where its type argument is written. A parameter may hold
a struct of which a field is called. What another field, a package variable, a channel or a wire hands over is no need of the chain.

So it is with the branches of a program that is started: what they ask of its arguments comes along, until the chain comes to the
start, which gives it arguments that may be so, or else is not on the chain. And so with the branches of a function: what they ask
of a parameter (``Holds``) comes along to the calls that hand in a constant, ``nil``, or a struct with such in a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import product

from tracer.codes import Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.handed import Carried, Elsewhere, Handed, Inside, Made, Origin
from tracer.golang.flow.stands import Stands, asked_by, before_call, is_instance
from tracer.golang.guarded import Guarded, Holds
from tracer.golang.known import Known
from tracer.golang.summary.nodes import FieldNode, Literal, Local, Owner, Site
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.model import EdgeKind
from tracer.wire.arguments import OPEN, Arguments, Asked, Listed, handed_in
from tracer.wire.branches import Branches
from tracer.wire.process import Process

MAX_NEEDS = 3
"""How many parameters are minded at once, how many type parameters, and how deep literals that were given to others."""

MAX_TYPES = 8
"""Of how many types a method may be, where several have it by an embedded field, for it to be minded which of them is called."""

MAX_ASKED = 6
"""How many things are minded that are asked of a program's arguments."""

MAX_HOLDS = 3
"""How many things are minded that branches ask of parameters."""


@dataclass(frozen=True, slots=True)
class Need:
    """A parameter or receiver that must hold a value, or a ``field`` of it; ``around`` is what else held where that was made."""

    var: Local
    value: Carried
    around: Context = frozenset()
    field: FieldNode | None = None


Context = frozenset[Need | Stands | Holds]
"""All that must hold in a function for a chain to go on from it."""
ANY: Context = frozenset()


class Started(IntEnum):
    """What a chain starts on its way: no program, others, or also the one that starts it."""

    NOTHING = 0
    OTHERS = 1
    ITSELF = 2


@dataclass(frozen=True, slots=True)
class Given:
    """Lists of arguments in which parameters of a function stand for what they hold, and what is asked of these arguments."""

    lists: tuple[Listed, ...]
    asked: frozenset[Asked]


_OTHERS = Given((), frozenset())


@dataclass(frozen=True, slots=True)
class Place:
    """A function on a chain, and what must hold there for the rest of the chain; more than that if something was ``lost``.

    ``started`` is what the rest of the chain starts, ``asked`` what it asks of the arguments that the program was
    started with, and ``given`` of those that its parameters hold for a program that it starts; ``held`` is whether it
    comes to its end by a field that holds that.
    """

    node: Node
    context: Context = ANY
    lost: bool = False
    started: Started = Started.NOTHING
    asked: frozenset[Asked] = frozenset()
    held: bool = False
    given: Given | None = None

    @property
    def order(self) -> tuple[bool, Started, bool]:
        """What is told before that of other places; the least first."""
        return self.lost, self.started, self.held

    @property
    def is_anybodys(self) -> bool:
        """Whether nothing must have been handed in for the chain to go on."""
        return all(isinstance(x, Holds) for x in self.context)

    def covers(self, other: Place) -> bool:
        """Whether a chain from here can be taken where one from another place of the function can, and comes before it if it is no longer."""
        less = self.context <= other.context and self.asked <= other.asked and self.given in (None, other.given)
        return less and all(mine <= others for mine, others in zip(self.order, other.order, strict=True))


@dataclass(slots=True, eq=False)
class Matching:
    """The steps of one graph as chains can take them."""

    graph: CallGraph
    _branches: dict[str, Branches] = field(default_factory=dict[str, Branches])
    _known: dict[str, Known] = field(default_factory=dict[str, Known])
    _before: dict[tuple[Step, Context], list[Place]] = field(
        default_factory=dict["tuple[Step, Context]", "list[Place]"]
    )

    def before(self, step: Step, place: Place) -> list[Place]:
        """Where a chain can come from that goes on by a step to a place: one of these; none where it cannot be taken."""
        asked, given = self._asked(step, place.asked), self._given(step, place)
        if asked is None or given is _OTHERS or _is_held(step):
            return []
        started, held = max(place.started, started_by(step)), place.held or step.edge.rule is Rule.STORED
        around = self._around(step)
        if not place.context and not around and not isinstance(step.by, Target):
            return [Place(step.source, ANY, place.lost, started, asked, held, given)]
        key = (step, place.context)
        found = self._before.get(key)
        if found is None:
            ways = (each | around for each in self._contexts(step, place.context))
            contexts = dict.fromkeys(_bounded(each) for each in ways if _is_possible(each))
            found = self._before[key] = [Place(step.source, *each) for each in contexts]
        lost = place.lost
        return [
            replace(each, lost=each.lost or lost, started=started, asked=asked, held=held, given=given)
            for each in found
        ]

    def gives_others(self, step: Step, place: Place) -> bool:
        """Whether a step gives a program other arguments than the chain that goes on from a place asks for."""
        return self._asked(step, place.asked) is None or self._given(step, place) is _OTHERS

    def _given(self, step: Step, place: Place) -> Given | None:
        """What is asked of what the parameters hold where a chain comes from; ``_OTHERS`` where a call hands in others."""
        if isinstance(step.by, Crossing):
            here, asked = step.by.here, place.asked
            if not asked or not isinstance(here, Process):
                return None
            lists = here.arguments(step.by.stub.site, keep=True).lists
        elif place.given is None:
            return None
        else:
            lists, asked = passed_on(self.graph, step, place.given.lists), place.given.asked
        if not Arguments(lists).allow(asked):
            return _OTHERS
        return Given(lists, asked) if any(one.parameters for one in lists) else None

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

    def _known_of(self, step: Step) -> Known:
        """What the calls of a step's program hand in."""
        analysis, _ = self.graph.objects[step.source]
        found = self._known.get(analysis.name)
        if found is None:
            found = self._known[analysis.name] = Known(analysis, Guarded(analysis))
        return found

    def _around(self, step: Step) -> Context:
        """What the branches around a call ask of parameters."""
        return self._known_of(step).guarded.asked(step.site) if isinstance(step.site, Site) else ANY

    def _contexts(self, step: Step, context: Context) -> Iterator[Context]:
        site, by = step.site, step.by
        _, owner = self.graph.objects[step.target]
        if not isinstance(site, Site) or not isinstance(owner, t.Func | Literal) or isinstance(by, Crossing):
            return iter((ANY,))
        handed = self.graph.objects[step.source][0].flow_in(step.unit).handed
        ways = [
            _needs(handed, handed.passed(site, need.var, need.value, need.field), need.value, need.around)
            for need in context
            if isinstance(need, Need) and need.var.owner is owner
        ]
        ways += [
            _handed_in(self._known_of(step), site, asked)
            for asked in context
            if isinstance(asked, Holds) and asked.var.owner is owner
        ]
        # What a literal was made with holds where it is handed on, and where it is made.
        made_with = frozenset(x for x in context if isinstance(x, Stands) or x.var.owner is not owner)
        if by is None:
            ways.append(_instantiated(handed, made_with, owner, site.targs))
        elif by.via is None or len(by.others) + len(by.holders) < MAX_TYPES:
            types = (by.via, *by.others)
            ways.append([each for via in types for each in _called(handed, site, owner, via, by.holders, made_with)])
        return (ANY.union(*each) for each in product(*ways))


def _handed_in(known: Known, site: Site, asked: Holds) -> list[Context]:
    """What must hold where a call is made, for what is asked of a parameter of what it calls to be so."""
    before = known.before(site, asked)
    if before is None:
        return []
    return [frozenset((one,)) for one in before] or [ANY]


def passed_on(graph: CallGraph, step: Step, lists: Iterable[Listed]) -> tuple[Listed, ...]:
    """Lists of arguments with what a step hands in for parameters of the function that it goes to; nothing is known of others."""
    analysis, owner = graph.objects[step.target]
    if step.by is None and isinstance(step.site, Site) and isinstance(owner, t.Func) and step.site.func is owner:
        return handed_in(analysis, step.site, owner, lists)
    return (OPEN,)


def _is_held(step: Step) -> bool:
    """Whether a step starts a program that never comes to run."""
    crossing = step.by
    return (
        isinstance(crossing, Crossing)
        and isinstance(crossing.here, Process)
        and crossing.here.holds(crossing.stub.site)
    )


def started_by(step: Step) -> Started:
    """What a step starts."""
    if step.edge.kind is not EdgeKind.EXEC:
        return Started.NOTHING
    return Started.ITSELF if step.source.program == step.target.program else Started.OTHERS


def _called(
    handed: Handed, site: Site, owner: Owner, via: t.Type | None, holders: Sequence[t.Type], made_with: Context
) -> Iterator[Context]:
    """What must hold where a dynamic call is to call a function; of a method, on a value of a type, or on one of what holds such."""
    standing = _standing(made_with)
    asked = asked_by(site, owner, via, standing, handed.hierarchy)
    if via is not None and isinstance(owner, t.Func):
        if not is_instance(standing, owner, via, handed.hierarchy):
            return
        made_with = frozenset(x for x in made_with if isinstance(x, Need))
    found = [called for typ in (via, *holders) if (called := handed.called(site, owner, typ)) is not None]
    if not found:
        yield ANY | asked
    for value, origins in found:
        for context in _needs(handed, origins, value, made_with):
            yield context | asked


def _needs(handed: Handed, origins: Iterable[Origin], value: Carried, around: Context) -> list[Context]:
    """What must hold for a value to come from one of its origins; where it may come from elsewhere, nothing must."""
    out: dict[Context, None] = {}
    for origin in origins:
        match origin:
            case Elsewhere():
                return [ANY]
            case Made():
                out |= dict.fromkeys(_made(handed, origin, value, around))
            case Inside():
                out[frozenset((Need(origin.var, value, around, origin.field),))] = None
            case Local():
                out[frozenset((Need(origin, value, around),))] = None
    return [ANY] if ANY in out else list(out)


def _made(handed: Handed, made: Made, value: Carried, around: Context) -> list[Context]:
    """What must hold for a function to be made a value with what is ``around`` it, by calls of what makes it."""
    contexts = _instantiated(handed, around, value, made.targs)
    for call in reversed(made.calls):
        contexts = [before for context in contexts for before in _before_call(handed, call, context)]
    return contexts


def _before_call(handed: Handed, call: Site, around: Context) -> list[Context]:
    """What must hold where a function is called, for what must hold in it."""
    ways = [
        _needs(handed, handed.passed(call, need.var, need.value, need.field), need.value, need.around)
        for need in around
        if isinstance(need, Need) and need.var.owner is call.func
    ]
    if call.func is not None:
        ways.append(_instantiated(handed, _standing(around), call.func, call.targs))
    return [ANY.union(*each) for each in product(*ways)]


def _instantiated(handed: Handed, context: Context, owner: Carried, targs: tuple[t.Type, ...]) -> list[Context]:
    """What must hold where a declared function is named with type arguments; none where these are others than must stand there.

    A literal's type parameters are those of the function around, and so is what stands for them.
    """
    standing = _standing(context)
    if not standing or not isinstance(owner, t.Func):
        return [context]
    before = before_call(standing, owner, targs, handed.hierarchy)
    return [] if before is None else [(context - standing) | before]


def _standing(context: Context) -> frozenset[Stands]:
    return frozenset(x for x in context if isinstance(x, Stands))


def _is_possible(context: Context) -> bool:
    """Whether all that is asked of parameters may be so at once."""
    asked = list(_asked_in(context))
    return all(one.fits(other) for i, one in enumerate(asked) for other in asked[:i])


def _asked_in(context: Context) -> frozenset[Holds]:
    return frozenset(x for x in context if isinstance(x, Holds))


def _bounded(context: Context) -> tuple[Context, bool]:
    """A context without what is too much to mind, and whether there is such."""
    needs = sorted((x for x in context if isinstance(x, Need)), key=_order)
    standing = sorted(_standing(context), key=_order_of_types)
    asked = sorted(_asked_in(context), key=_order_of_asked)
    kept: Context = frozenset((*(_cut(need, ()) for need in needs[:MAX_NEEDS]), *standing[:MAX_NEEDS]))
    # What is not minded of branches leaves them open.
    return kept.union(asked[:MAX_HOLDS]), kept != context.difference(asked)


def _cut(need: Need, outer: tuple[Carried, ...]) -> Need:
    """A need without what is too deep: literals that were given to literals, and such that were given to others of themselves."""
    inside = (*outer, need.value)
    needs = [x for x in need.around if isinstance(x, Need) and x.value not in inside and len(inside) < MAX_NEEDS]
    rest = (x for x in need.around if not isinstance(x, Need))
    return replace(need, around=frozenset((*rest, *(_cut(x, inside) for x in needs))))


def _order(need: Need) -> tuple[str, int, str]:
    return str(need.var), need.var.index, str(need.field or "")


def _order_of_types(one: Stands) -> tuple[str, str, bool]:
    return one.param.name, t.describe(one.type), one.held


def _order_of_asked(one: Holds) -> tuple[str, int, str, bool, list[str]]:
    return str(one.var), one.var.index, str(one.field or ""), one.holds, sorted(map(repr, one.values))
