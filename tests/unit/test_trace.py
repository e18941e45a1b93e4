"""The search itself: how many ways are told, and where one ends that does not arrive."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import api, frontier, trace
from tracer.codes import Ending
from tracer.graph import CallGraph, Node

ENTRIES = 10
PROGRAM = (
    "package main\n\n"
    + "".join(f"func entry{i}() {{ {'hop(); ' if i == 0 else ''}target() }}\n\n" for i in range(ENTRIES))
    + "func late() { hop() }\n\nfunc hop() { target() }\n\nfunc target() {}\n\nfunc lost() {}\n\n"
    + "func main() {\n\tlate()\n\tabsent.Do()\n"
    + "".join(f"\tentry{i}()\n" for i in range(ENTRIES))
    + "}\n"
)


def opened(folder: Path) -> CallGraph:
    text = PROGRAM.replace("package main\n", 'package main\n\nimport "example.org/absent"\n', 1)
    repository(folder, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": text})
    return CallGraph([analysis(folder)])


def node(graph: CallGraph, name: str) -> Node:
    return graph.node(*api.lookup(graph.analyses, name))


def is_entry(found: Node) -> bool:
    return ".entry" in found.name or found.name.endswith(".late")


def test_the_nearest_entries_first_and_eight_at_most(tmp_path: Path) -> None:
    graph = opened(tmp_path)
    found = trace.from_entries(graph, node(graph, "m.target"), is_entry, lambda _name, _count: None)
    assert [[s.source.name.rpartition(".")[2] for s in chain] for chain in found.chains] == [
        [f"entry{i}"] for i in range(8)
    ]
    assert [stop.reason for stop in found.stops] == [Ending.CUT_OFF_AFTER]
    every = trace.from_entries(graph, node(graph, "m.target"), is_entry, lambda _name, _count: None, most=99)
    assert len(every.chains) == ENTRIES + 1
    assert [s.source.name.rpartition(".")[2] for s in every.chains[-1]] == ["late", "hop"]
    assert every.stops == []


def test_a_search_that_looked_at_enough_says_so(tmp_path: Path) -> None:
    graph = opened(tmp_path)
    few = trace.from_entries(graph, node(graph, "m.target"), is_entry, lambda _name, _count: None, limit=3)
    (stop,) = few.stops
    assert (len(few.chains), stop.symbol.short, stop.reason, stop.arguments) == (
        2,
        "m.target",
        Ending.CUT_OFF_AFTER,
        ("3",),
    )


def test_what_is_undecided_at_the_entry_is_where_it_may_go_on(tmp_path: Path) -> None:
    graph = opened(tmp_path)
    found = frontier.between(graph, node(graph, "m.main"), [[node(graph, "m.lost")]], lambda _name, _count: None)
    assert found.chains == []
    assert [(s.symbol.short, s.reason, s.position.line if s.position else 0, s.toward) for s in found.stops] == [
        ("m.main", Ending.MISSING, line("\tabsent.Do"), "example.org/m.lost"),
        ("m.lost", Ending.NO_CALLER, line("func lost"), "example.org/m.lost"),
    ]


def test_a_way_that_is_too_far_is_said_to_be_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = opened(tmp_path)
    start, end = node(graph, "m.lost"), node(graph, "m.target")
    monkeypatch.setattr(trace, "MAX_FUNCTIONS", 2)
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    wanted = [("m.lost", Ending.CUT_OFF, ("2",)), ("m.lost", Ending.DOES_NOT_RUN, ())]
    assert [(s.symbol.short, s.reason, s.arguments) for s in found.stops] == wanted


HANDED_ON = """package main

func main() { start(); serve() }

func start() { serve() }

// A handler is called at once, or by way of those that stand between, each of which may be the next one's.
func serve() {
	if between == nil {
		work()
		return
	}
	between(func() { work() })
}

var between func(func())

func init() { between = first }

func first(next func())  { second(next) }
func second(next func()) { third(next) }
func third(next func())  { next() }

func work() {}
"""


def test_what_a_function_hands_on_is_followed_back_after_the_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": HANDED_ON})
    graph = CallGraph([analysis(tmp_path)])
    # Work, serve, main and start: none of those that stand between is looked at.
    monkeypatch.setattr(trace, "MAX_FUNCTIONS", 4)
    found = trace.between(graph, node(graph, "m.start"), [[node(graph, "m.work")]], lambda _name, _count: None)
    assert [[step.target.name.rpartition(".")[2] for step in chain] for chain in found.chains] == [["serve", "work"]]


def line(text: str) -> int:
    return PROGRAM[: PROGRAM.index(text)].count("\n") + 3
