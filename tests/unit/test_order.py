"""Of several chains of one length, which is shown."""

from __future__ import annotations

from pathlib import Path

from support import analysis, repository

from tracer import api, trace
from tracer.graph import CallGraph

EMPTY = "\tfunc() {},\n"
CALLING = "\tfunc() { target() },\n"
PROGRAM = f"""package main

var table = []func(){{
{EMPTY}{CALLING}{EMPTY * 7}{CALLING}}}

func main() {{
	for _, f := range table {{
		f()
	}}
}}

func target() {{}}
"""


def test_the_literal_that_stands_first_is_taken(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": PROGRAM})
    graph = CallGraph([analysis(tmp_path)])
    start, end = (graph.node(*api.lookup(graph.analyses, name)) for name in ("m.main", "m.target"))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    assert [step.target.name.rpartition("/")[2] for step in found.chains[0]] == ["m.init$2", "m.target"]
