"""A trace as GraphML, for yEd, Gephi, networkx and the like: symbols as nodes, hops as edges, all else as attributes."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.codes import Message
from tracer.model import Evidence, Modifier, Pin, Position, Stop, Trace
from tracer.report.answers import plain, questions
from tracer.report.formats.diagram import diagram
from tracer.report.links import Links, shown_url
from tracer.report.text import one_line
from tracer.sentences import sentence

Value = str | int | bool


def render(trace: Trace) -> str:
    """The XML text. Lists (evidence, candidates) are attributes of one line an item."""
    # Imported where it is needed: most commands make no graph.
    import networkx as nx

    made = diagram(trace)
    links = Links({pin.repository: pin for pin in trace.pins})
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        title=one_line(trace.title),
        answer=one_line(plain(trace.answer, trace)),
        found=trace.found,
        explored=trace.explored,
        pins="\n".join(_pin(pin) for pin in sorted(trace.pins, key=lambda p: (p.repository, p.commit))),
        stops="\n".join(_stop(links, stop) for stop in trace.stops),
        questions="\n".join(f"{one_line(question)} {one_line(answer)}" for question, answer in questions(trace)),
    )
    for lane in made.lanes:
        for node in lane.nodes:
            symbol = node.symbol
            graph.add_node(
                node.ident,
                label=one_line(symbol.short),
                name=one_line(symbol.name),
                kind=one_line(symbol.kind),
                program=lane.program,
                signature=one_line(symbol.signature),
                **({} if symbol.value is None else {"value": one_line(symbol.value)}),
                **_place(links, symbol.position),
            )
    for link in made.links:
        edge, hop = link.hop.edge, link.hop
        graph.add_edge(
            link.source.ident,
            link.target.ident,
            key=link.ident,
            steps=", ".join(link.steps),
            kind=edge.kind.value,
            modifiers=" ".join(m.value for m in Modifier if m in edge.modifiers),
            rule=edge.rule.value,
            wire=one_line(edge.wire),
            code=one_line(hop.code),
            evidence=_facts(links, edge.evidence),
            notes=_facts(links, hop.notes),
            ruled_out="\n".join(
                f"{one_line(c.symbol)}: {_fact(links, c.message, c.position)}" for c in dict.fromkeys(edge.ruled_out)
            ),
            **_place(links, edge.site),
        )
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(nx.generate_graphml(graph)) + "\n"


def _place(links: Links, position: Position | None) -> dict[str, Value]:
    if position is None:
        return {}
    place: dict[str, Value] = {
        "repository": one_line(position.repository),
        "path": one_line(position.path),
        "line": position.line,
        "column": position.column,
    }
    url = links.permalink(position)
    return place if url is None else {**place, "permalink": url}


def _facts(links: Links, evidence: Iterable[Evidence]) -> str:
    return "\n".join(_fact(links, e.message, e.position) for e in evidence)


def _fact(links: Links, message: Message, position: Position | None) -> str:
    place, words = links.place(position), one_line(sentence(message))
    if place is None:
        return words
    return f"{words} ({place.repository} {place.text}{f' {place.url}' if place.url else ''})"


def _stop(links: Links, stop: Stop) -> str:
    toward = f" toward {one_line(stop.toward)}" if stop.toward else ""
    return f"{one_line(stop.symbol.name)}{toward}: {_fact(links, stop.message, stop.position)}"


def _pin(pin: Pin) -> str:
    return " ".join(text for text in (one_line(pin.repository), shown_url(pin.url), one_line(pin.commit)) if text)
