"""The call graph where functions have no name of their own: literals in package variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import api, trace
from tracer.graph import CallGraph

SOURCE = """package main

const limit = "ten"

type command struct {
	name   string
	action func(args []string) error
}

func create() error { return nil }
func remove() error { return nil }

var createCommand = command{
	name: "create",
	action: func(args []string) error {
		inner := func() error { return create() }
		return inner()
	},
}

var removeCommand = command{
	name: "remove",
	action: func(args []string) error {
		print(limit)
		return remove()
	},
}

func run(commands ...command) {
	for _, c := range commands {
		_ = c.action(nil)
	}
}

func main() { run(createCommand, removeCommand) }
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder: Path = tmp_path_factory.mktemp("graph")
    repository(folder, {"go.mod": "module main\n\ngo 1.24\n", "main.go": SOURCE})
    return CallGraph([analysis(folder)])


def chain(graph: CallGraph, target: str) -> list[tuple[str, str]]:
    start, end = (graph.node(*api.lookup(graph.analyses, name)) for name in ("main.main", target))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    assert found.chains, [s.reason for s in found.stops]
    return [(hop.edge.kind.value, hop.target.name) for hop in trace.hops(graph, found.chains[0])]


def test_each_literal_is_one_of_its_own(graph: CallGraph) -> None:
    node = graph.node(*api.lookup(graph.analyses, "main.run"))
    found = {s.edge.callee: {x.edge.callee for x in graph.steps(s.target)} for s in graph.steps(node)}
    assert found == {
        "main.init$1": {"main.create", "main.init$1$1"},
        "main.init$3": {"main.remove", "main.limit"},
    }


def test_a_chain_goes_through_a_table_of_commands(graph: CallGraph) -> None:
    assert chain(graph, "main.create") == [
        ("call", "main.run"),
        ("value", "main.init$1"),
        ("call", "main.create"),
    ]
    assert chain(graph, "main.limit") == [
        ("call", "main.run"),
        ("value", "main.init$3"),
        ("read", "main.limit"),
    ]
