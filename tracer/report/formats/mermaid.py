"""A trace as a Mermaid flowchart: a box per program, dotted arrows for dispatch, thick ones into another process."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.model import Trace
from tracer.report.formats.diagram import CROSSING, DISPATCH, Link, diagram
from tracer.report.text import one_line

_SPECIAL = re.compile(r"[^A-Za-z0-9 .,=+_()/*\u00a1-\U0010ffff-]")
_WORDS = re.compile(r"(\\|\$(?=\$)|fa[a-z]?:|ﬂ|¶)")
"""What Mermaid replaces after it has decoded references: ``\\n``, ``$$``, icons such as ``fa:fa-car``, and its own marks."""


def render(trace: Trace) -> str:
    """The text of the flowchart; without what only a long text can hold, such as evidence."""
    made = diagram(trace)
    out = ["flowchart TD", f"  accTitle: {_line(trace.title)}"]
    for lane in made.lanes:
        out.append(f"  subgraph {lane.ident}[{quoted([lane.program])}]")
        out.append("    direction TB")
        for node in lane.nodes:
            left, right = ("[[", "]]") if node.symbol.value is not None else ("[", "]")
            out.append(f"    {node.ident}{left}{quoted(node.label)}{right}")
        out.append("  end")
    out += [f"  {x.source.ident} {_arrow(x)}|{quoted(x.label)}| {x.target.ident}" for x in made.links]
    for lane in made.lanes:
        out += [f'  click {node.ident} href "{node.url}" _blank' for node in lane.nodes if node.url is not None]
    return "\n".join(out) + "\n"


def _arrow(link: Link) -> str:
    kind = link.hop.edge.kind
    return "-.->" if kind in DISPATCH else "==>" if kind in CROSSING else "-->"


def quoted(lines: Iterable[str]) -> str:
    """Lines as the text of a box or an arrow."""
    return '"' + "<br>".join(_escaped(line) for line in lines) + '"'


def _escaped(text: str) -> str:
    """What could mean something as Mermaid's form of a character reference, and its words parted by a place to break."""
    parts = _WORDS.sub(lambda found: f"{found[0]}\0", one_line(text)).split("\0")
    return "<wbr>".join(_SPECIAL.sub(lambda found: f"#{ord(found[0])};", part) for part in parts)


def _line(text: str) -> str:
    """A title runs to the end of its line and knows no character references: what could mean something stands out."""
    return re.sub(r"[#;{}%<>\"`|\\ﬂ¶]", lambda found: f"‹U+{ord(found[0]):04X}›", one_line(text)) or "trace"
