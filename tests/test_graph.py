"""Chains through the graph of one program, where the edges alone do not show the way."""

from __future__ import annotations

from pathlib import Path

from support import analysis, repository

from tracer import trace
from tracer.golang.lookup import lookup
from tracer.graph import CallGraph


def chain(folder: Path, main: str, entry: str, target: str) -> list[tuple[str, str]]:
    repository(folder, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": main})
    program = analysis(folder)
    graph = CallGraph([program])
    start, end = (graph.node(*lookup([program], name)) for name in (entry, target))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    assert found.chains, [s.reason for s in found.stops]
    return [(hop.edge.kind.value, hop.target.short) for hop in trace.hops(graph, found.chains[0])]


def test_literals_in_package_variables(tmp_path: Path) -> None:
    text = """package main

type command struct{ run func() }

var commands = []*command{
	{run: func() { func() { work() }() }},
}

func work() {}

func main() {
	for _, c := range commands {
		c.run()
	}
}
"""
    assert chain(tmp_path, text, "m.main", "m.work") == [
        ("value", "m.init$1"),
        ("call", "m.init$1$1"),
        ("call", "m.work"),
    ]


def test_functions_held_in_any(tmp_path: Path) -> None:
    text = """package main

type context struct{}

type action func(c *context) error

type command struct {
	name   string
	action any
}

func handle(given any, c *context) error {
	switch a := given.(type) {
	case action:
		return a(c)
	case func(*context) error:
		return a(c)
	case func(*context):
		a(c)
	}
	return nil
}

type app struct{ commands []command }

func (a *app) run(c *context) {
	for _, command := range a.commands {
		_ = handle(command.action, c)
	}
}

func work() {}

func serve(c *context) error {
	work()
	return nil
}

func main() {
	a := &app{}
	a.commands = []command{{name: "x", action: serve}, {name: "y", action: func(c *context) {}}}
	a.run(&context{})
}
"""
    assert chain(tmp_path, text, "m.main", "m.work") == [
        ("call", "(*m.app).run"),
        ("call", "m.handle"),
        ("value", "m.serve"),
        ("call", "m.work"),
    ]
