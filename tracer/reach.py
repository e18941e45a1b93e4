"""The open question: every wire that an entry reaches, with the nearest chain to each.

An entry leads to thousands of functions and few of them lead to a wire, so the search goes backwards, from all calls that
leave the program, until nothing is left; what it found serves every entry of the program. The chains are then read off
forwards, and only a call that a chain arrives at is asked what it sends. Not followed are calls in the standard library and
those that may come from anywhere (``err.Error()``), nor is a call that may lead somewhere for want of knowledge: that one is a
place where the search stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracer.codes import Ending, Rule
from tracer.contexts import Matching, Place, started_by
from tracer.golang import types as t
from tracer.golang.summary.nodes import Site
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.model import EdgeKind, Wanted
from tracer.trace import Progress, Search
from tracer.wire.model import Wire

EVERY = Wanted()
MAX_PLACES = 40_000
_NEAR = 400
"""How many functions are looked at for what may hide a wire, where none was found."""


@dataclass(slots=True)
class _Found:
    """The places that lead to a wire: the proven calls by the place that makes them, and the ones that are not proven by function.

    ``cut`` is whether there may be more of them.
    """

    onward: dict[Place, list[tuple[Step, Place]]] = field(default_factory=dict[Place, "list[tuple[Step, Place]]"])
    places: dict[Node, list[Place]] = field(default_factory=dict[Node, list[Place]])
    unproven: dict[Node, set[Site]] = field(default_factory=dict[Node, set[Site]])
    cut: bool = False


def to_wires(
    graph: CallGraph, entry: Node, progress: Progress, wanted: Wanted = EVERY, *, limit: int = MAX_PLACES
) -> Search:
    """A chain to every wire that is reached from ``entry`` and ``wanted``, nearest first, and those to other programs' beginning last.

    Where servers are gone on from (``wanted.across``), each is once, by the nearest chain to it; a wire is told once for each program that sends.
    """
    asked = _Open(graph, wanted, progress, limit)
    begins: dict[Node, list[Step]] = {entry: []}
    gone = {entry}
    for _ in range(wanted.across + 1):
        chains = [chain for node, before in begins.items() for chain in asked.chains_from(node, before)]
        begins = {}
        for chain in chains:
            if _is_answered(chain[-1]) and chain[-1].target not in gone:
                gone.add(chain[-1].target)
                begins[chain[-1].target] = chain
    asked.search.chains.sort(key=lambda chain: started_by(chain[-1]))
    return asked.search


def _is_answered(step: Step) -> bool:
    """Whether a step goes over a wire to what serves it there."""
    return isinstance(step.by, Crossing) and step.by.here.is_answered


@dataclass(slots=True)
class _Open:
    """An open question, of one entry and of what serves the wires that it reaches: each program is searched once."""

    graph: CallGraph
    wanted: Wanted
    progress: Progress
    limit: int
    search: Search = field(default_factory=Search)
    _found: dict[str, _Found] = field(default_factory=dict[str, _Found])
    _wires: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    _crosses: dict[tuple[Node, Site], bool] = field(default_factory=dict[tuple[Node, Site], bool])

    def chains_from(self, entry: Node, before: list[Step]) -> list[list[Step]]:
        """The chains to wires that none came to yet, from what a chain ``before`` came to; those wanted are told, and where the search ended."""
        graph, search = self.graph, self.search
        leaving = self._leaving(entry.program)
        found = self._found.get(entry.program)
        if found is None:
            found = self._found[entry.program] = _backwards(graph, leaving, search, self.progress, self.limit)
        leading = _forwards([Place(entry), *found.places.get(entry, ())], found.onward)
        out: list[list[Step]] = []
        arrived = [(place, site) for place in leading for site in sorted(leaving.get(place.node, ()), key=_place)]
        for place, site in arrived:
            if (place.node, site) not in self._crosses:
                out += [[*before, *_way(leading, place), step] for step in self._crossing(place.node, site)]
        search.chains += [chain for chain in out if self._is_told(chain)]
        nodes = dict.fromkeys(place.node for place in leading)
        is_found = any(self._crosses[place.node, site] for place, site in arrived)
        _hidden(graph, [*nodes, *(() if is_found else _near(graph, entry))], found, search)
        if found.cut:
            symbol = graph.symbol(entry)
            search.stop(symbol, symbol.position, Ending.CUT_OFF, str(self.limit))
        return out

    def _crossing(self, node: Node, site: Site) -> list[Step]:
        """The steps of a call over a wire to where no chain came yet; what is not answered is told."""
        out: list[Step] = []
        crossed: set[str] = set()
        for step in self.graph.at(node, site):
            if isinstance(step.by, Crossing):
                crossed.add(step.by.stub.method)
                wire = (node.program, step.edge.wire, step.target.program)
                if wire not in self._wires:
                    self._wires.add(wire)
                    out.append(step)
        self._crosses[node, site] = bool(crossed)
        unanswered(self.graph, node, site, crossed, self.search)
        return out

    def _leaving(self, program: str) -> Mapping[Node, Iterable[Site]]:
        """The calls of a program that are gone to, by function: all, unless what they send is asked for and nothing behind it."""
        leaving = self.graph.leaving(program)
        if self.wanted.across or not (self.wanted.kinds or self.wanted.methods):
            return leaving
        wires = [wire for wire in self.graph.wires[program] if wire.kind in (self.wanted.kinds or EdgeKind)]
        wanted = {node: [site for site in sites if self._may_send(wires, site)] for node, sites in leaving.items()}
        return {node: sites for node, sites in wanted.items() if sites}

    def _may_send(self, wires: Iterable[Wire], site: Site) -> bool:
        sending = [wire for wire in wires if wire.sends(site)]
        # What a start names is found by the flow, where a chain comes to it.
        return any(not w.is_answered or any(self.wanted.has(s.method) for s in w.calls(site)) for w in sending)

    def _is_told(self, chain: Sequence[Step]) -> bool:
        wanted, edge = self.wanted, chain[-1].edge
        short = wanted.depth is None or len(chain) <= wanted.depth
        return short and (not wanted.kinds or edge.kind in wanted.kinds) and wanted.has(edge.wire)


def _backwards(graph: CallGraph, leaving: Iterable[Node], search: Search, progress: Progress, limit: int) -> _Found:
    """All places that lead to a call over a wire, at most ``limit`` of them."""
    found = _Found()
    matching = Matching(graph)
    seen = dict.fromkeys(Place(node) for node in leaving)
    queue = deque(seen)
    while queue and search.explored < limit:
        place = queue.popleft()
        search.explored += 1
        progress(place.node.name, search.explored)
        for step in graph.calls_into(place.node):
            if step.edge.rule is Rule.IMPLEMENTS:
                assert isinstance(step.site, Site)
                found.unproven.setdefault(step.source, set()).add(step.site)
                continue
            for source in matching.before(step, place):
                if source.is_anybodys and graph.is_library(source.node):
                    # What the library calls that it was not handed just now: anybody's.
                    continue
                found.onward.setdefault(source, []).append((step, place))
                if source not in seen:
                    seen[source] = None
                    found.places.setdefault(source.node, []).append(source)
                    queue.append(source)
    found.cut = bool(queue)
    return found


def _is_named(site: Site) -> bool:
    """Whether a call names a function that is not the library's."""
    return site.func is not None and not site.func.package.is_std


def _forwards(
    entries: Iterable[Place], onward: Mapping[Place, Iterable[tuple[Step, Place]]]
) -> dict[Place, tuple[Step, Place] | None]:
    """The places on the way from an entry, nearest first, each with the step that leads there, and from where; the entries with none."""
    leading: dict[Place, tuple[Step, Place] | None] = dict.fromkeys(entries)
    queue = deque(leading)
    while queue:
        place = queue.popleft()
        # In the order of the source, whatever was asked before.
        for step, target in sorted(onward.get(place, ()), key=lambda pair: _order(pair[0])):
            if target not in leading:
                leading[target] = step, place
                queue.append(target)
    return leading


def _way(leading: Mapping[Place, tuple[Step, Place] | None], place: Place) -> list[Step]:
    out: list[Step] = []
    while (before := leading[place]) is not None:
        step, place = before
        out.append(step)
    return out[::-1]


def unanswered(graph: CallGraph, node: Node, site: Site, crossed: Container[str], search: Search) -> None:
    """What a call over a wire asks for that no program of the investigation answers."""
    analysis, _ = graph.objects[node]
    for failure in graph.undecided(node, site):
        search.stop_undecided(graph.symbol(node), failure)
    for wire in graph.wires[node.program]:
        if wire.is_answered or not wire.sends(site):
            continue
        code, place = analysis.code(site), analysis.place(site)
        for method in (stub.method for stub in wire.calls(site)):
            if method not in crossed:
                search.stop(graph.symbol(node), place, Ending.NOT_STARTED, code, method)
        if wire.is_unnamed(site):
            search.stop(graph.symbol(node), place, Ending.UNNAMED, code)


def _near(graph: CallGraph, entry: Node) -> list[Node]:
    """The functions that a function calls by name, and those that they call so: a way to a wire may be hidden there."""
    analysis, _ = graph.objects[entry]
    seen = {entry: None}
    queue = deque([entry])
    while queue and len(seen) < _NEAR:
        for site in graph.calls(queue.popleft()):
            if site.func is not None and _is_named(site):
                node = graph.node(analysis, site.func)
                if node not in seen:
                    seen[node] = None
                    queue.append(node)
    return list(seen)


def _hidden(graph: CallGraph, nodes: Iterable[Node], found: _Found, search: Search) -> None:
    """Behind what there may be further wires: calls of unknown type, those of which not all callees are known, faults."""
    told: set[Site] = set()
    for node in dict.fromkeys(nodes):
        fault = graph.fault(node)
        if fault is not None:
            search.stop_undecided(graph.symbol(node), fault)
        unknown = {site for site in graph.calls(node) if site.kind is t.CallKind.UNKNOWN}
        for site in sorted((unknown | found.unproven.get(node, set())) - told, key=_place):
            told.add(site)
            for failure in graph.undecided(node, site):
                search.stop_undecided(graph.symbol(node), failure)


def _order(step: Step) -> tuple[object, ...]:
    return step.edge.site, step.target.program, step.target.name


def _place(site: Site) -> tuple[str, int]:
    return site.unit.file.path, site.pos
