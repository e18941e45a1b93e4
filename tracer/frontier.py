"""Where a chain breaks: the frontier between what an entry reaches and what leads to the target.

Told first is where both sides meet: a call that asks for what nobody seems to call on the other side, by its full method or its
name; or what gives a program other arguments than the way on asks for. Names put an order here; they prove nothing. Then come
the other calls that carry a full method and the process starts whose program is not known, then what is unknown, by missing
module, then what nothing calls, then the rest, of which like calls are counted; those of loggers and errors are the last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from tracer import reach, trace
from tracer.codes import Argument, Detail, Ending, Message, Reason
from tracer.golang import fields
from tracer.golang import types as t
from tracer.golang.load.missing import missing_modules
from tracer.golang.summary.nodes import AddressOf, Closure, FunctionUse, Literal, MethodUse, Owner, Site
from tracer.graph import CallGraph, Crossing, Node
from tracer.model import MissingModule, Position, Stop
from tracer.source.candidates import Declared, naming
from tracer.source.snapshot import Snapshot
from tracer.trace import Progress, Search

MAX_REACHED = 300
"""How many functions are looked at, nearest first: from the entry, and again from what its wires lead to."""
_MAX_STARTED = 20
"""How many goroutines on the way to a target are looked at for what they are handed."""
_MAX_HANDED = 3
"""How many places are told where something is handed to them, nearest to the entry first."""
_MAX_BEFORE = 600
"""How many functions are looked at for whether an entry leads to such a place."""
# The last names of packages that log or make errors, of the standard library and others.
_ASIDE = frozenset(
    ("errdefs", "errors", "glog", "go-multierror", "klog", "log", "logr", "logrus", "slog", "status", "xerrors", "zap")
)


class _Kind(IntEnum):
    """What a place is where a chain may break, in the order of telling."""

    WIRE = 0
    UNKNOWN = 1
    MAYBE_MORE = 2
    NO_CALLER = 3
    REST = 4
    NO_CALLER_FAR = 5
    ASIDE = 6
    BOUND = 7


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a chain may break: whether both sides meet there, whether it is one of loggers and errors, and how far it is."""

    stop: Stop
    kind: _Kind
    meets: bool
    aside: bool
    distance: int

    @property
    def order(self) -> tuple[bool, _Kind, bool, int]:
        kind = _Kind.ASIDE if self.aside and self.kind is _Kind.REST else self.kind
        return not self.meets or self.aside, kind, self.aside, self.distance


def between(graph: CallGraph, start: Node, points: Sequence[Sequence[Node]], progress: Progress) -> Search:
    """As ``trace.between``; without a chain, ``stops`` are the places where it may break, the most telling first."""
    search = trace.between(graph, start, points, progress)
    if not search.chains:
        found = [place for part in search.broken for place in _Frontier(graph, search.toward).places(part, progress)]
        found += [_Place(s, _Kind.WIRE, True, False, 0) for s in search.stops if s.reason is Ending.MADE_THERE]
        over = (stop for part in search.broken for stop in _handed_over(graph, part, search.toward, progress))
        found += [_Place(stop, _Kind.WIRE, True, False, 0) for stop in over]
        found += [_Place(stop, _Kind.BOUND, False, False, 0) for stop in search.stops if stop.reason in _OF_SEARCH]
        lacking = [row for analysis in graph.analyses for row in missing_modules(analysis.program)]
        told = _counted(_by_module(sorted(found, key=lambda place: place.order), lacking))
        search.stops = list(dict.fromkeys(place.stop for place in told))
    return search


_OF_SEARCH = (Ending.CUT_OFF, Ending.DOES_NOT_RUN)


@dataclass(slots=True)
class _Frontier:
    """Both sides of a break, and what is told of them."""

    graph: CallGraph
    toward: str

    def places(self, part: trace.Break, progress: Progress) -> Iterator[_Place]:
        """The places where a way from a function may break that does not come to what nothing seems to call."""
        graph, other = self.graph, _Other.of(self.graph, part.dead)
        reached, cut = _reached(graph, [part.start])
        if cut:
            wires = reach.to_wires(graph, part.start, progress)
            far = {step.source: None for chain in wires.chains for step in chain}
            beyond, _ = _reached(graph, [chain[-1].target for chain in wires.chains])
            reached = list(dict.fromkeys((*reached, *far, *beyond)))
            yield from (
                self._place(stop, None, other, MAX_REACHED) for stop in wires.stops if stop.reason not in _OF_SEARCH
            )
            symbol = graph.symbol(part.start)
            stop = Stop(symbol, symbol.position, Ending.NEAREST, (str(MAX_REACHED),), self.toward)
            yield _Place(stop, _Kind.BOUND, False, False, 0)
        for distance, node in enumerate(reached):
            for stop, site in self._of(node):
                leads = site is not None and bool(graph.at(node, site))
                yield self._place(stop, site, other, distance, leads=leads)
        for step in part.others:
            if step.source in reached and isinstance(step.site, Site):
                code = graph.objects[step.source][0].code(step.site)
                stop = Stop(graph.symbol(step.source), step.edge.site, Ending.OTHER_ARGUMENTS, (code,), self.toward)
                yield _Place(stop, _Kind.WIRE, True, False, reached.index(step.source))
        elsewhere = self._named_elsewhere(part.dead)
        # What was found last is the farthest from the target.
        for distance, node in enumerate(reversed(part.dead)):
            yield from self._uncalled(node, reached, distance, elsewhere.get(node))

    def _of(self, node: Node) -> Iterator[tuple[Stop, Site | None]]:
        """Where the calls of a function lead no further."""
        graph, search = self.graph, Search(toward=self.toward)
        analysis, _ = graph.objects[node]
        fault = graph.fault(node)
        if fault is not None:
            search.stop_undecided(graph.symbol(node), fault)
            yield search.stops.pop(), None
        for site in graph.calls(node):
            if analysis.is_everyday(site):
                continue
            crossed = {step.by.stub.method for step in graph.at(node, site) if isinstance(step.by, Crossing)}
            reach.unanswered(graph, node, site, crossed, search)
            yield from ((stop, site) for stop in search.stops)
            search.stops.clear()

    def _named_elsewhere(self, nodes: Iterable[Node]) -> dict[Node, Position]:
        """Where code of their repositories names functions that none of the programs is built from."""
        wanted: dict[Snapshot, dict[Node, Declared]] = {}
        for node in nodes:
            analysis, obj = self.graph.objects[node]
            if isinstance(obj, t.Func) and obj.recv is None and t.exported(obj.name) and obj.package.is_here:
                declared = Declared(obj.package.path, obj.package.name, obj.name)
                wanted.setdefault(analysis.program.snapshot, {})[node] = declared
        out: dict[Node, Position] = {}
        for snapshot, of in wanted.items():
            own = (a.program.closure() for a in self.graph.analyses if a.program.snapshot is snapshot)
            built = {file.path for closure in own for package in closure if package.is_here for file in package.files}
            found = naming(snapshot, set(of.values()), built)
            out |= {node: found[declared] for node, declared in of.items() if declared in found}
        return out

    def _uncalled(
        self, node: Node, reached: Sequence[Node], distance: int, elsewhere: Position | None
    ) -> Iterator[_Place]:
        """Why nothing seems to call a function; ``elsewhere`` code names it that is none of the programs'."""
        analysis, obj = self.graph.objects[node]
        symbol = self.graph.symbol(node)
        unknown = analysis.unknown_callers(obj)
        for failure in unknown:
            arguments = (failure.text, Message(failure.reason), failure.detail)
            stop = Stop(symbol, failure.site, Ending.UNDECIDED, arguments, self.toward)
            meets = any(failure.caller == one.name for one in reached)
            yield _Place(stop, _Kind.UNKNOWN, meets, False, distance)
        if not unknown:
            stop = Stop(symbol, symbol.position, Ending.NO_CALLER, (), self.toward)
            if elsewhere is not None:
                stop = Stop(symbol, elsewhere, Ending.NOT_BUILT, (elsewhere.path,), self.toward)
            near = any(node.program == one.program for one in reached) and not _begins(self.graph, node)
            yield _Place(stop, _Kind.NO_CALLER if near else _Kind.NO_CALLER_FAR, False, False, distance)

    def _place(self, stop: Stop, site: Site | None, other: _Other, distance: int, *, leads: bool = False) -> _Place:
        """A place of the entry's side; ``leads`` is whether the call is known to lead somewhere."""
        stop = replace(stop, toward=self.toward)
        match stop.reason:
            case Ending.UNNAMED:
                return _Place(stop, _Kind.WIRE, other.begins, False, distance)
            case Ending.NOT_STARTED:
                return _Place(stop, _Kind.REST, other.begins, False, distance)
            case _:
                pass
        _, reason, detail = stop.arguments
        assert isinstance(reason, Message)
        assert isinstance(detail, Message)
        if reason.code is Reason.UNREGISTERED:
            return _Place(stop, _Kind.REST, False, False, distance)
        if reason.code in (Reason.NO_SERVER, Reason.NO_REGISTRATION):
            method = str(detail.arguments[0]) if detail.code is Detail.METHOD else ""
            asked = method in other.methods or method.rpartition("/")[2] in other.names
            return _Place(stop, _Kind.WIRE, asked or reason.code is Reason.NO_REGISTRATION, False, distance)
        kind = _Kind.REST
        if stop.is_open:
            kind = _Kind.MAYBE_MORE if leads else _Kind.UNKNOWN
        meets = site is not None and other.may_be_called_by(site)
        return _Place(stop, kind, meets and kind is not _Kind.MAYBE_MORE, _is_aside(stop, site), distance)


@dataclass(frozen=True, slots=True)
class _Other:
    """The side of the target: what nothing seems to call, by its names and full methods, and whether a program begins there."""

    names: frozenset[str]
    signatures: tuple[t.Type, ...]
    methods: frozenset[str]
    begins: bool

    @staticmethod
    def of(graph: CallGraph, dead: Iterable[Node]) -> _Other:
        """That of some functions."""
        owners = [(graph.wires[node.program], graph.objects[node][1]) for node in dead]
        names = frozenset(obj.name for _, obj in owners if isinstance(obj, t.Func))
        handled = [
            h for wires, obj in owners if isinstance(obj, t.Func | Literal) for w in wires for h in w.handled(obj)
        ]
        signatures = tuple(_signature(graph, node) for node in dead)
        begins = any(_begins(graph, node) for node in dead)
        return _Other(names, signatures, frozenset(h.method for h in handled), begins)

    def may_be_called_by(self, site: Site) -> bool:
        """Whether a call is of a name that nothing seems to call, or of a function value of a type of these."""
        if site.kind is t.CallKind.VALUE and site.fun is not None:
            called = t.core(site.fun.type)
            return any(t.identical(called, one) for one in self.signatures)
        return site.name in self.names and site.kind is not t.CallKind.STATIC


def _handed_over(graph: CallGraph, part: trace.Break, toward: str, progress: Progress) -> Iterator[Stop]:
    """Where what a function leads to sets what a goroutine reads that leads on: work may be handed over there.

    What a basic type holds is no work.
    """
    set_by: dict[Node, list[Stop]] = {}
    for step in part.started[:_MAX_STARTED]:
        analysis, obj = graph.objects[step.target]
        for f in fields.read_by(analysis, obj) if isinstance(obj, t.Func | Literal) else ():
            for owner, place in fields.setting(analysis, f) if not isinstance(t.underlying(f.type), t.Basic) else ():
                node = graph.node(analysis, owner)
                if node not in part.leading:
                    arguments = (f.full_name.rpartition("/")[2], graph.symbol(step.target).short)
                    stop = Stop(graph.symbol(node), place, Ending.HANDED_OVER, arguments, toward)
                    set_by.setdefault(node, []).append(stop)
    for _ in range(_MAX_HANDED):
        node = trace.leads_to(graph, part.start, list(set_by), progress, _MAX_BEFORE)
        if node is None:
            return
        yield set_by.pop(node)[0]


def _signature(graph: CallGraph, node: Node) -> t.Type:
    """The type of a function as a value; of anything else none."""
    analysis, obj = graph.objects[node]
    if isinstance(obj, t.Func):
        return analysis.checker.signature_of(obj)
    return obj.signature if isinstance(obj, Literal) else t.UNKNOWN


def _begins(graph: CallGraph, node: Node) -> bool:
    """Whether a program begins with a function."""
    _, obj = graph.objects[node]
    return isinstance(obj, t.Func) and any(not w.is_answered and w.handled(obj) for w in graph.wires[node.program])


def _reached(graph: CallGraph, starts: Iterable[Node]) -> tuple[list[Node], bool]:
    """The functions that others lead to, nearest first, with those that they hand on; and whether there are more.

    The standard library's own are left out.
    """
    seen = dict.fromkeys(starts)
    queue = deque(seen)
    while queue and len(seen) < MAX_REACHED:
        node = queue.popleft()
        analysis, _ = graph.objects[node]
        steps, _ = graph.near_steps(node)
        given = [graph.node(analysis, owner) for site in graph.calls(node) for owner in _given(site)]
        for following in (*(step.target for step in steps), *given):
            _, obj = graph.objects[following]
            if following not in seen and isinstance(obj, t.Func | Literal) and not graph.is_library(following):
                seen[following] = None
                queue.append(following)
    return list(seen), bool(queue)


def _given(site: Site) -> Iterator[Owner]:
    """The functions that a call hands on."""
    for arg in site.args:
        match arg.x if isinstance(arg, AddressOf) else arg:
            case Closure(literal=literal):
                yield literal
            case FunctionUse(func=func):
                yield func
            case MethodUse(selection=selection) if selection.func is not None:
                yield selection.func
            case _:
                pass


def _is_aside(stop: Stop, site: Site | None) -> bool:
    """Whether a call is of a logger, or makes or asks an error."""
    path = _missing(stop) or ""
    if site is not None and site.func is not None:
        path = site.func.package.path
    elif site is not None and site.selection is not None:
        named = t.deref(site.selection.recv)
        if isinstance(named, t.Named):
            path = named.obj.package.path if named.obj.package is not None else path
            if "log" in named.obj.name.lower():
                return True
    return any(part in _ASIDE for part in path.split("/")[-2:])


def _missing(stop: Stop) -> str | None:
    """The import path of the package, not among the sources, that a call is into."""
    if stop.reason is not Ending.UNDECIDED or not isinstance(detail := stop.arguments[2], Message):
        return None
    match detail.code:
        case Detail.MISSING_IMPORT:
            return str(detail.arguments[0])
        case Detail.MISSING_TYPE:
            return str(detail.arguments[1]).rpartition(".")[0]
        case _:
            return None


def _by_module(places: Sequence[_Place], lacking: Sequence[MissingModule]) -> list[_Place]:
    """Places with those of one missing module as one, where the first of them is."""
    modules = {path: row for row in lacking for path in row.packages}
    groups: dict[str, list[_Place]] = {}
    for place in places:
        row = modules.get(_missing(place.stop) or "")
        key = row.module if row is not None else ""
        groups.setdefault(key or f"{len(groups)} ", []).append(place)
    return [_of_module(group, key, lacking) if key[-1] != " " else group[0] for key, group in groups.items()]


def _of_module(group: Sequence[_Place], module: str, lacking: Sequence[MissingModule]) -> _Place:
    files = sum(row.files for row in lacking if row.module == module)
    calls = len({place.stop.position for place in group})
    stop = replace(group[0].stop, reason=Ending.MISSING, arguments=(module, str(calls), str(files)))
    return replace(group[0], stop=stop)


def _counted(places: Sequence[_Place]) -> list[_Place]:
    """Places with those of the rest that end alike as one, where the first of them is; so with the methods of one service."""
    groups: dict[object, list[_Place]] = {}
    for place in places:
        alike = _alike(place)
        groups.setdefault((alike, place.aside) if alike else len(groups), []).append(place)
    return [group[0] if len(group) == 1 else _several(group) for group in groups.values()]


def _alike(place: _Place) -> tuple[Argument, ...]:
    """What places have in common that are counted as one; nothing where a place is told by itself."""
    stop = place.stop
    if stop.reason is not Ending.UNDECIDED:
        return ()
    _, reason, detail = stop.arguments
    assert isinstance(reason, Message)
    if reason.code is Reason.NO_REGISTRATION or (
        not place.meets and place.kind in (_Kind.WIRE, _Kind.UNKNOWN, _Kind.REST)
    ):
        if isinstance(detail, Message) and detail.code is Detail.METHOD:
            return reason, Message(Detail.METHOD, (str(detail.arguments[0]).rpartition("/")[0],))
        return reason, detail
    return ()


def _several(group: Sequence[_Place]) -> _Place:
    stop = replace(group[0].stop, reason=Ending.SEVERAL, arguments=(str(len(group)), *_alike(group[0])))
    return replace(group[0], stop=stop)
