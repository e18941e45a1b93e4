"""Path search over the call graph: entry -> waypoints -> target.

The search goes backwards from the target, since few functions lead to one place while one function leads to thousands;
each step is proven forwards by the graph. What an entry reaches without a target is asked in ``reach``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tracer.codes import Argument, Ending, Message, Note
from tracer.conditions import conditional
from tracer.contexts import Matching, Place, Started, passed_on
from tracer.golang import explanations
from tracer.golang import types as t
from tracer.golang.summary.nodes import Site
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.model import Evidence, Hop, Modifier, Position, Stop, Symbol, Unresolved
from tracer.wire.arguments import OPEN, Arguments
from tracer.wire.process import Process

_DIGITS = re.compile(r"(\d+)")
MAX_FUNCTIONS = 3000
# By how many calls a chain is put back that starts programs, or comes to its end by a field.
_BACK = {Started.NOTHING: 0, Started.OTHERS: 12, Started.ITSELF: 24}
_HELD_BACK = 12
_LATE_BACK = 12
_FIRST = (False, 0)
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Break:
    """A part of a way that was not found: where it begins, and what nothing seems to call that leads to its end.

    ``others`` are the steps that give a program other arguments than those that lead there, ``started`` those that start what
    leads to its end with ``go``, nearest to it first; ``leading`` is all that leads there.
    """

    start: Node
    dead: Sequence[Node]
    others: Sequence[Step]
    started: Sequence[Step]
    leading: frozenset[Node]


@dataclass(slots=True)
class Search:
    """What a search found: chains of steps, and where it ended elsewhere; ``toward`` is the name of its target.

    ``broken`` are the parts of a way that were not found, ``looked_at`` are the functions whose callers were looked for from an end.
    """

    toward: str = ""
    broken: list[Break] = field(default_factory=list[Break])
    chains: list[list[Step]] = field(default_factory=list[list[Step]])
    stops: list[Stop] = field(default_factory=list[Stop])
    looked_at: dict[Node, None] = field(default_factory=dict[Node, None])
    explored: int = 0

    def stop(self, symbol: Symbol, position: Position | None, reason: Ending, *arguments: Argument) -> None:
        self.stops.append(Stop(symbol, position, reason, arguments, self.toward))

    def stop_undecided(self, symbol: Symbol, failure: Unresolved) -> None:
        """The search ended at a call that no rule could decide."""
        self.stop(symbol, failure.site, Ending.UNDECIDED, failure.text, Message(failure.reason), failure.detail)


def between(graph: CallGraph, start: Node, points: Sequence[Sequence[Node]], progress: Progress) -> Search:
    """The shortest chain from ``start`` through all ``points`` in order, or none and the places where the search ended.

    Each point is a symbol in the programs that it is linked into.
    """
    search = Search(toward=graph.symbol(points[-1][0]).name)
    chain = _through(graph, start, points, search, progress)
    if chain is not None:
        search.chains.append(chain)
    return search


def _through(
    graph: CallGraph, start: Node, points: Sequence[Sequence[Node]], search: Search, progress: Progress
) -> list[Step] | None:
    if not points:
        return []
    ends = list(points[0])
    while ends:
        part = _backwards(graph, start, ends, search, progress)
        if part is None:
            return None
        rest = _through(graph, part[-1].target, points[1:], search, progress)
        if rest is not None:
            return part + rest
        ends.remove(part[-1].target)
    return None


@dataclass(slots=True)
class _Backwards:
    """A search that goes backwards from some ends, nearest first, by steps that one chain can take.

    A process start, and a field that holds the end, put a chain back as so many more calls would: to look at all others first
    takes the whole of a program; so do the steps of ``_is_late``. Chains of which not all is known that must hold come last.
    """

    matching: Matching
    ends: Sequence[Node]
    start: Node | None = None
    following: dict[Place, tuple[Step, Place]] = field(default_factory=dict[Place, "tuple[Step, Place]"])
    _others: dict[Step, None] = field(default_factory=dict[Step, None])
    _queues: dict[tuple[bool, int], deque[Place]] = field(init=False)
    _lengths: dict[Place, int] = field(default_factory=dict[Place, int])
    _back: dict[Place, tuple[bool, int]] = field(default_factory=dict[Place, "tuple[bool, int]"])
    _late: dict[Place, int] = field(default_factory=dict[Place, int])
    _seen: dict[Node, list[Place]] = field(default_factory=dict[Node, list[Place]])

    def __post_init__(self) -> None:
        self._queues = {_FIRST: deque(Place(node) for node in self.ends)}

    def begin_at(self, nodes: Iterable[Node]) -> None:
        """Nodes that no chain needs to come back to."""
        self._seen |= {node: [Place(node)] for node in nodes}

    def next(self) -> Place | None:
        """The next place to look at."""
        while waiting := [order for order, queue in self._queues.items() if queue]:
            order = min(waiting)
            place = self._queues[order].popleft()
            # A chain that is told before was found to it since.
            if self._back.get(place, order) == order:
                return place
        return None

    def add_callers(self, place: Place) -> int:
        """Queues the places that a chain can come from; how many calls arrive there, whether a chain can take them or not."""
        graph = self.matching.graph
        steps = sorted((*graph.steps_into(place.node), *graph.holders(place.node)), key=_order)
        for step in steps:
            seen = self._seen.setdefault(step.source, [])
            before = self.matching.before(step, place)
            if not before and self.matching.gives_others(step, place):
                self._others[step] = None
            for source in before:
                length = self._lengths.get(place, 0) + 1
                late = self._late.get(place, 0) + self._is_late(step)
                far = length + _BACK[source.started] + _HELD_BACK * source.held + _LATE_BACK * late
                back = source.lost, far
                if source in self.following and self._back[source] == back and self._goes_on(step, source):
                    self.following[source] = step, place
                # Where less had to hold, a chain that is told before was found already.
                if not any(known.covers(source) and self._back.get(known, _FIRST) <= back for known in seen):
                    seen.append(source)
                    self.following[source] = step, place
                    self._lengths[source], self._late[source], self._back[source] = length, late, back
                    self._queues.setdefault(back, deque()).append(source)
        return len(steps)

    def _goes_on(self, step: Step, source: Place) -> bool:
        """Whether a step goes on to what has its source's name, and the one that was found from a place, as long a way, does not."""
        return _has_one_name(step) and not _has_one_name(self.following[source][0])

    def others(self) -> list[Step]:
        """The steps that no chain takes, as they give a program other arguments than it asks for."""
        taken = {step for step, _ in self.following.values()}
        return [step for step in self._others if step not in taken]

    def _is_late(self, step: Step) -> bool:
        """Whether a step leads away from where most chains begin.

        That is a call over a wire that a third program makes, and one of a literal whose function was found: it hands the literal on.
        """
        source = step.source
        is_wire = isinstance(step.by, Crossing) and step.by.here.is_answered
        if is_wire and self.start is not None and source.program != self.start.program:
            return True
        function, is_literal, _ = source.name.partition("$")
        return bool(is_literal) and Node(source.program, function) in self._seen

    def made_in(self, function: Node) -> Node | None:
        """The literal standing in a function that a chain begins at, the nearest to its end: what the function makes it does not call itself."""
        inside = (p for p in self._lengths if p.node.program == function.program)
        nearest = min(
            (p for p in inside if p.node.name.startswith(f"{function.name}$")),
            key=self._lengths.__getitem__,
            default=None,
        )
        return nearest.node if nearest is not None else None

    def broken(self, start: Node, dead: Iterable[Node]) -> Break:
        """What was found of a way that has no beginning."""
        started = (step for step, _ in self.following.values() if Modifier.GO in step.edge.modifiers)
        leading = frozenset((*self.ends, *(place.node for place in self.following)))
        return Break(start, list(dict.fromkeys(dead)), self.others(), list(dict.fromkeys(started)), leading)

    def chain(self, place: Place) -> list[Step]:
        """The steps from a place to an end."""
        out: list[Step] = []
        while place.node not in self.ends or not out:
            step, place = self.following[place]
            out.append(step)
        return out


def _backwards(
    graph: CallGraph, start: Node, ends: Sequence[Node], search: Search, progress: Progress
) -> list[Step] | None:
    found = _Backwards(Matching(graph), ends, start)
    # Where both are one, a chain that comes back is looked for.
    found.begin_at(set(ends) - {start})
    dead: list[Node] = []
    looked_at = 0
    while looked_at < MAX_FUNCTIONS and (place := found.next()) is not None:
        if place.node == start and place in found.following:
            return found.chain(place)
        looked_at += 1
        search.explored += 1
        progress(place.node.name, search.explored)
        if not found.add_callers(place):
            dead.append(place.node)
    search.broken.append(found.broken(start, dead))
    made = found.made_in(start)
    if made is not None:
        symbol = graph.symbol(made)
        search.stop(symbol, symbol.position, Ending.MADE_THERE, graph.symbol(start).short)
    if found.next() is not None:
        symbol = graph.symbol(start)
        search.stop(symbol, symbol.position, Ending.CUT_OFF, str(MAX_FUNCTIONS))
    if not graph.runs(start):
        search.stop(graph.symbol(start), graph.symbol(start).position, Ending.DOES_NOT_RUN)
    return None


def leads_to(graph: CallGraph, start: Node, ends: Sequence[Node], progress: Progress, limit: int) -> Node | None:
    """The nearest of some functions that another leads to, or is; None where none is found among ``limit`` functions before them."""
    if start in ends:
        return start
    found = _Backwards(Matching(graph), ends, start)
    found.begin_at(ends)
    for count in range(limit):
        place = found.next()
        if place is None:
            return None
        if place.node == start:
            return found.chain(place)[-1].target
        progress(place.node.name, count + 1)
        found.add_callers(place)
    return None


def _order(step: Step) -> tuple[object, ...]:
    """By name, literals (``f$2`` before ``f$10``) as they stand in the source."""
    parts = _DIGITS.split(step.source.name)
    # Numbers by their size, however many digits they have; these are every other part.
    named = [(len(part.lstrip("0")), part.lstrip("0")) if i % 2 else (-1, part) for i, part in enumerate(parts)]
    return step.source.program, named, step.edge.site


def _has_one_name(step: Step) -> bool:
    """Whether a function calls one of its own name: what it wraps, or hands on to."""
    return step.source.name.rpartition(".")[2] == step.target.name.rpartition(".")[2]


def from_entries(
    graph: CallGraph,
    end: Node,
    is_entry: Callable[[Node], bool],
    progress: Progress,
    *,
    limit: int = 600,
    most: int | None = 8,
    beyond: bool = True,
) -> Search:
    """The shortest chain to ``end`` from each entry that leads there, nearest first, at most ``most`` of them.

    What leads to an entry is looked for as well if it is to go ``beyond``.
    """
    search = Search()
    found = _Backwards(Matching(graph), [end])
    found.begin_at([end])
    reached = set[Node]()
    while search.explored < limit and len(search.chains) != most and (place := found.next()) is not None:
        begins = place.node != end and is_entry(place.node)
        if begins and place.node not in reached:
            reached.add(place.node)
            search.chains.append(found.chain(place))
        search.explored += 1
        progress(place.node.name, search.explored)
        if beyond or not begins:
            search.looked_at[place.node] = None
            found.add_callers(place)
    if found.next() is not None:
        symbol = graph.symbol(end)
        search.stop(symbol, symbol.position, Ending.CUT_OFF_AFTER, str(search.explored))
    return search


def hops(graph: CallGraph, chain: Sequence[Step]) -> tuple[Hop, ...]:
    """A chain as the model's hops."""
    return tuple(_hop(graph, step, chain[:i]) for i, step in enumerate(chain))


def _hop(graph: CallGraph, step: Step, before: Sequence[Step]) -> Hop:
    analysis, obj = graph.objects[step.source]
    target = graph.symbol(step.target)
    if isinstance(step.site, Site):
        code = analysis.code(step.site)
        return Hop(
            step.edge, graph.symbol(step.source), target, code, (*_wire_notes(graph, step, before), *_unknown(step))
        )
    code = step.unit.file.line(step.edge.site.line)
    notes = _value_notes(graph, step) if not isinstance(obj, t.Const) else ()
    return Hop(step.edge, graph.symbol(step.source), target, code, notes)


def _unknown(step: Step) -> tuple[Evidence, ...]:
    """Of a hop through a dynamic call: why it may go elsewhere as well."""
    why = step.edge.bounded
    return (Evidence(Note.NOT_ALL_KNOWN, (why,)),) if why is not None else ()


def _wire_notes(graph: CallGraph, step: Step, before: Sequence[Step]) -> tuple[Evidence, ...]:
    """Of a hop over a wire, or from its handler: what else answers there, which the chain does not go to."""
    starts = isinstance(step.by, Crossing) and not step.by.here.is_answered
    given = (
        [_arguments(graph, step.by, before)]
        if isinstance(step.by, Crossing) and isinstance(step.by.here, Process)
        else []
    )
    others = graph.other_servers(step) if isinstance(step.by, Crossing) else graph.other_registered(step)
    notes: list[Evidence] = [*given]
    for node, is_fallback in others:
        other = graph.symbol(node)
        served = Note.ALSO_SERVED_BY_FALLBACK if is_fallback else Note.ALSO_SERVED
        note = Note.MAY_START if starts else served
        notes.append(Evidence(note, (other.program, other.short), other.position))
    return tuple(notes)


def _arguments(graph: CallGraph, crossing: Crossing, before: Sequence[Step]) -> Evidence:
    """What a program is started with, by a chain that comes to the start by some steps."""
    assert isinstance(crossing.here, Process)
    given = crossing.here.arguments(crossing.stub.site)
    lists = crossing.here.arguments(crossing.stub.site, keep=True).lists
    for step in reversed(before):
        if not any(one.parameters for one in lists):
            break
        lists = passed_on(graph, step, lists)
    if not any(one.parameters or one == OPEN for one in lists):
        given = Arguments(lists)
    told = given.told()
    return Evidence(Note.ARGUMENTS, (told,)) if told else Evidence(Note.ARGUMENTS_UNKNOWN)


def _value_notes(graph: CallGraph, step: Step) -> tuple[Evidence, ...]:
    """What else decides the value that a function reads: its other results, and who else reads the constant."""
    analysis, obj = graph.objects[step.target]
    notes: list[Evidence] = []
    source, owner = graph.objects[step.source]
    if isinstance(owner, t.Func):
        overrides = explanations.other_results(source, owner, step.edge.site)
        overrides += explanations.other_assignments(source, owner, step.edge.site)
        notes += conditional(source, owner, overrides)
    if isinstance(obj, t.Const | t.Var):
        for unit, read in analysis.readers(obj):
            place = analysis.read_place(unit, read)
            if place is not None and place != step.edge.site:
                line = unit.file.line(place.line)
                notes.append(Evidence(Note.ALSO_READ, (unit.name, line), place))
    return tuple(notes)
