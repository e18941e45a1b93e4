"""A trace as a Mermaid flowchart: a box per program, dotted arrows for dispatch, thick ones into another process."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.model import Trace
from tracer.report.formats.diagram import CROSSING, DISPATCH, Link, diagram
from tracer.report.text import one_line

_PLAIN = re.compile(r"[^A-Za-z0-9 .,=+_\u00a1-\U0010ffff-]")


def render(trace: Trace) -> str:
    """The text of the flowchart; without what only a long text can hold, such as evidence."""
    made = diagram(trace)
    out = ["flowchart TD", f"  accTitle: {_line(trace.title)}"]
    for lane in made.lanes:
        out.append(f"  subgraph {lane.ident}[{_quoted([lane.program])}]")
        for node in lane.nodes:
            left, right = ("[[", "]]") if node.symbol.value is not None else ("[", "]")
            out.append(f"    {node.ident}{left}{_quoted(node.label)}{right}")
        out.append("  end")
    out += [f"  {x.source.ident} {_arrow(x)}|{_quoted(x.label)}| {x.target.ident}" for x in made.links]
    for lane in made.lanes:
        out += [f'  click {node.ident} href "{node.url}" _blank' for node in lane.nodes if node.url is not None]
    return "\n".join(out) + "\n"


def _arrow(link: Link) -> str:
    kind = link.hop.edge.kind
    return "-.->" if kind in DISPATCH else "==>" if kind in CROSSING else "-->"


def _quoted(lines: Iterable[str]) -> str:
    return '"' + "<br>".join(_escaped(line) for line in lines) + '"'


def _escaped(text: str) -> str:
    """Everything that could mean something, as Mermaid's own form of a character reference."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", text)


def _line(text: str) -> str:
    """A title runs to the end of its line and knows no character references: what could mean something stands out."""
    return re.sub(r"[#;{}%<>\"`|\\]", lambda found: f"‹U+{ord(found[0]):04X}›", one_line(text)) or "trace"
