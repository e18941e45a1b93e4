"""The chains of a trace as one graph: each symbol once, each hop once; in the order of the chains."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model import EdgeKind, Hop, Modifier, Symbol, Trace
from tracer.report.links import Links
from tracer.report.text import one_line
from tracer.report.words import KIND_WORDS, program_name

DISPATCH = (EdgeKind.INTERFACE, EdgeKind.VALUE)
CROSSING = (EdgeKind.RPC, EdgeKind.EXEC)


@dataclass(frozen=True, slots=True)
class Node:
    """A symbol of one program; ``ident`` is a plain word that no text of the trace has a part in."""

    ident: str
    symbol: Symbol
    url: str | None

    @property
    def label(self) -> tuple[str, ...]:
        """What is written in the box, line by line."""
        value = "" if self.symbol.value is None else f"= {one_line(self.symbol.value)}"
        at = self.symbol.position
        place = one_line(f"{at.path.rpartition('/')[2]}:{at.line}") if at is not None else ""
        return tuple(text for text in (one_line(self.symbol.short), value, place) if text)


@dataclass(frozen=True, slots=True)
class Link:
    """A hop; ``steps`` are its places in the chains, such as ``3``, or ``2.3`` where there are several chains."""

    ident: str
    source: Node
    target: Node
    hop: Hop
    steps: tuple[str, ...]
    url: str | None

    @property
    def label(self) -> tuple[str, ...]:
        """What is written at the arrow, line by line."""
        edge = self.hop.edge
        words = [KIND_WORDS[edge.kind], *(m.value for m in Modifier if m in edge.modifiers)]
        steps = ", ".join(self.steps[:3]) + (" …" if len(self.steps) > 3 else "")
        return tuple(text for text in (f"{steps} {', '.join(words)}", one_line(edge.wire)) if text)


@dataclass(frozen=True, slots=True)
class Lane:
    """A program and its symbols."""

    ident: str
    program: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Programs with their symbols, and the hops between symbols."""

    lanes: tuple[Lane, ...]
    links: tuple[Link, ...]


def diagram(trace: Trace) -> Diagram:
    """The graph of a trace; what no chain leads to, entry or target, stands there alone."""
    permalinks = Links({pin.repository: pin for pin in trace.pins})
    nodes: dict[tuple[str, str], Node] = {}

    def node(symbol: Symbol) -> Node:
        key = (program_name(symbol), symbol.name)
        if key not in nodes:
            place = permalinks.place(symbol.position)
            nodes[key] = Node(f"n{len(nodes)}", symbol, place.url if place is not None else None)
        return nodes[key]

    node(trace.entry)
    several = len(trace.chains) > 1
    steps: dict[tuple[Node, Node, Hop], list[str]] = {}
    for number, chain in enumerate(trace.chains, 1):
        for at, hop in enumerate(chain, 1):
            key = (node(hop.source), node(hop.target), hop)
            steps.setdefault(key, []).append(f"{number}.{at}" if several else str(at))
    for target in trace.targets:
        node(target)
    links = tuple(
        Link(f"e{i}", source, target, hop, tuple(at), permalinks.permalink(hop.edge.site))
        for i, ((source, target, hop), at) in enumerate(steps.items())
    )
    lanes: dict[str, list[Node]] = {}
    for found in nodes.values():
        lanes.setdefault(program_name(found.symbol), []).append(found)
    return Diagram(tuple(Lane(f"p{i}", name, tuple(held)) for i, (name, held) in enumerate(lanes.items())), links)
