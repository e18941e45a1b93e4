"""A trace in Graphviz' DOT language: a cluster per program, dashed for dispatch, bold into another process."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model import Evidence, Trace
from tracer.report.formats.diagram import CROSSING, DISPATCH, Link, Node, diagram
from tracer.report.text import one_line
from tracer.sentences import sentence

_FONT = 'fontname="monospace"'


def render(trace: Trace) -> str:
    """The text of the graph; rules and evidence are tooltips, permalinks are URLs."""
    made = diagram(trace)
    out = [
        "digraph trace {",
        f"  graph [label={text([trace.title])}, labelloc=t, {_FONT}]",
        f"  node [shape=box, {_FONT}]",
        f"  edge [fontsize=10, {_FONT}]",
    ]
    for lane in made.lanes:
        out += [f"  subgraph cluster_{lane.ident} {{", f"    graph [label={text([lane.program])}, labeljust=l]"]
        out += [f"    {node.ident} [{_node(node)}]" for node in lane.nodes]
        out.append("  }")
    out += [f"  {link.source.ident} -> {link.target.ident} [{_edge(link)}]" for link in made.links]
    return "\n".join([*out, "}"]) + "\n"


def _node(node: Node) -> str:
    tip = text([node.symbol.name, node.symbol.signature])
    shape = ", shape=note" if node.symbol.value is not None else ""
    return f"label={text(node.label)}, tooltip={tip}{shape}{_url(node.url)}"


def _edge(link: Link) -> str:
    edge, kind = link.hop.edge, link.hop.edge.kind
    style = "dashed" if kind in DISPATCH else "bold" if kind in CROSSING else "solid"
    facts = (_fact(e) for e in (*edge.evidence, *link.hop.notes))
    tip = text([link.hop.code, f"rule: {edge.rule}", *facts])
    return f"label={text(link.label)}, style={style}, tooltip={tip}{_url(link.url)}"


def _url(url: str | None) -> str:
    return f", URL={text([url])}" if url is not None else ""


def _fact(evidence: Evidence) -> str:
    note = sentence(evidence.message)
    return f"{note} ({evidence.position})" if evidence.position is not None else note


def text(lines: Iterable[str]) -> str:
    r"""Lines as one quoted string: Graphviz reads ``\N`` and ``&lt;`` inside of strings, so neither may stand there."""
    shown = (one_line(line).replace("&", "&amp;").replace("\\", r"\\").replace('"', r"\"") for line in lines)
    return '"' + r"\n".join(line for line in shown if line) + '"'
