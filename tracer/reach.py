"""The open question: every wire that an entry reaches, with the nearest chain to each.

An entry leads to thousands of functions and few of them lead to a wire, so the search goes backwards, from all calls that
leave the program, until nothing is left; what it found serves every entry of the program. The chains are then read off
forwards, and only a call that a chain arrives at is asked what it sends. Not followed are calls in the standard library and
those that may come from anywhere (``err.Error()``), nor is a call that may lead somewhere for want of knowledge: that one is a
place where the search stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from tracer.codes import Ending, Rule
from tracer.golang import types as t
from tracer.golang.summary.nodes import Site
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.trace import Progress, Search

MAX_FUNCTIONS = 20_000
_NEAR = 400
"""How many functions are looked at for what may hide a wire, where none was found."""


@dataclass(slots=True)
class _Found:
    """The functions that lead to a wire: the proven calls by the function that makes them, and the ones that are not proven.

    ``cut`` is whether there may be more of them.
    """

    onward: dict[Node, list[Step]] = field(default_factory=dict[Node, list[Step]])
    unproven: dict[Node, set[Site]] = field(default_factory=dict[Node, set[Site]])
    cut: bool = False


def to_wires(graph: CallGraph, entry: Node, progress: Progress, *, limit: int = MAX_FUNCTIONS) -> Search:
    """A chain to every wire that is reached from ``entry``, nearest first."""
    search = Search()
    leaving = graph.leaving(entry.program)
    found = _backwards(graph, leaving, search, progress, limit)
    leading = _forwards(entry, found.onward)
    wires: set[tuple[str, str]] = set()
    told: set[Site] = set()
    for node in leading:
        for site in sorted(set(leaving.get(node, ())) - told, key=_place):
            told.add(site)
            crossed: set[str] = set()
            for step in graph.at(node, site):
                if not isinstance(step.by, Crossing):
                    continue
                crossed.add(step.by.stub.method)
                wire = (step.edge.wire, step.target.program)
                if wire not in wires:
                    wires.add(wire)
                    search.chains.append([*_way(leading, node), step])
            _unanswered(graph, node, site, crossed, search)
    _hidden(graph, [*leading, *(() if search.chains else _near(graph, entry))], found, search)
    if found.cut:
        symbol = graph.symbol(entry)
        search.stop(symbol, symbol.position, Ending.CUT_OFF, str(limit))
    return search


def _backwards(graph: CallGraph, leaving: Iterable[Node], search: Search, progress: Progress, limit: int) -> _Found:
    """All functions that lead to a call over a wire, at most ``limit`` of them."""
    found = _Found()
    seen = set(leaving)
    queue = deque(leaving)
    while queue and search.explored < limit:
        node = queue.popleft()
        search.explored += 1
        progress(node.name, search.explored)
        for step in graph.calls_into(node):
            if step.edge.rule is Rule.IMPLEMENTS:
                assert isinstance(step.site, Site)
                found.unproven.setdefault(step.source, set()).add(step.site)
                continue
            found.onward.setdefault(step.source, []).append(step)
            if step.source not in seen:
                seen.add(step.source)
                queue.append(step.source)
    found.cut = bool(queue)
    return found


def _is_named(site: Site) -> bool:
    """Whether a call names a function that is not the library's."""
    return site.func is not None and not site.func.package.is_std


def _forwards(entry: Node, onward: Mapping[Node, Iterable[Step]]) -> dict[Node, Step | None]:
    """The functions on the way from an entry, nearest first, each with the step that leads there; the entry with none."""
    leading: dict[Node, Step | None] = {entry: None}
    queue = deque([entry])
    while queue:
        # In the order of the source, whatever was asked before.
        for step in sorted(onward.get(queue.popleft(), ()), key=_order):
            if step.target not in leading:
                leading[step.target] = step
                queue.append(step.target)
    return leading


def _way(leading: Mapping[Node, Step | None], node: Node) -> list[Step]:
    out: list[Step] = []
    while (step := leading[node]) is not None:
        out.append(step)
        node = step.source
    return out[::-1]


def _unanswered(graph: CallGraph, node: Node, site: Site, crossed: Container[str], search: Search) -> None:
    """What a call over a wire asks for that no program of the investigation answers."""
    analysis, _ = graph.objects[node]
    for failure in graph.undecided(node, site):
        search.stop_undecided(graph.symbol(node), failure)
    for wire in graph.wires[node.program]:
        if wire.is_answered or not wire.sends(site):
            continue
        started = [stub.method for stub in wire.calls(site)]
        code, place = analysis.code(site), analysis.place(site)
        for method in started:
            if method not in crossed:
                search.stop(graph.symbol(node), place, Ending.NOT_STARTED, code, method)
        if not started:
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
