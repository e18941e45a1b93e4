"""Chains through the graph of one program, where the edges alone do not show the way."""

from __future__ import annotations

from pathlib import Path

from support import analysis, repository

from tracer import api, trace
from tracer.golang.lookup import lookup
from tracer.golang.types import Func
from tracer.graph import CallGraph
from tracer.investigation.model import Investigation, Repository
from tracer.sentences import sentence


def graph_of(folder: Path, main: str) -> CallGraph:
    repository(folder, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": main})
    return CallGraph([analysis(folder)])


def chain(folder: Path, main: str, entry: str, target: str) -> list[tuple[str, str]]:
    graph = graph_of(folder, main)
    start, end = (graph.node(*lookup(graph.analyses, name)) for name in (entry, target))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    assert found.chains, [s.message for s in found.stops]
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


def test_each_literal_of_package_variables_is_one_of_its_own(tmp_path: Path) -> None:
    text = """package main

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
    graph = graph_of(tmp_path / "graph", text)
    node = graph.node(*lookup(graph.analyses, "m.run"))
    found = {s.edge.callee: {x.edge.callee for x in graph.steps(s.target)} for s in graph.steps(node)}
    assert found == {
        "example.org/m.init$1": {"example.org/m.init$1$1"},
        "example.org/m.init$3": {"example.org/m.remove", "example.org/m.limit"},
    }
    assert chain(tmp_path / "chain", text, "m.main", "m.limit") == [
        ("call", "m.run"),
        ("value", "m.init$3"),
        ("read", "m.limit"),
    ]


def test_callers_of_a_function_held_in_any_ask_for_its_type(tmp_path: Path) -> None:
    text = """package main

type action func(int) error

func one(int) error { return nil }

func two(int) {}

func late(int) error { return nil }

func asAction(act any) {
	if a, ok := act.(action); ok {
		_ = a(1)
	}
}

func asPlain(act any) {
	if a, ok := act.(func(int) error); ok {
		_ = a(2)
	}
}

func asOther(act any) {
	switch a := act.(type) {
	case func(int):
		a(3)
	}
}

func handle(act any) { asAction(act); asPlain(act); asOther(act) }

func main() {
	handle(one)
	handle(two)
	handle(action(late))
}
"""
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": text})
    found = analysis(tmp_path)
    for name, wanted in (
        ("one", {"main.asPlain"}),
        ("two", {"main.asOther"}),
        ("late", {"main.asAction", "main.asPlain"}),
    ):
        (func,) = found.find(f"main.{name}")
        assert isinstance(func, Func)
        # Which type a value has where it goes is known backwards alone: late may have been held before it was an action.
        assert {site.unit.name for site in found.callers(func)} == wanted
        proven = {
            site.unit.name
            for site in found.callers(func)
            if any(edge.callee == func.full_name for edge in found.resolve(site)[0])
        }
        assert proven == wanted - ({"main.asPlain"} if name == "late" else set())


FAKES = """package main

type store interface{ get() string }

type real struct{}

func (real) get() string { return "real" }

type fake struct{}

func (*fake) get() string { return "fake" }

type server struct{ s store }

func newServer(s store) *server { return &server{s} }

func (s *server) serve() string { return s.s.get() }

// What a package has for the tests of others.
func newFake() *server { return newServer(&fake{}) }

type left struct{ s store }

func (l *left) over() string { return l.s.get() }

func useLeft() string { return (&left{&fake{}}).over() }

func main() { newServer(real{}).serve() }
"""


def test_what_unused_code_makes_is_ruled_out(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": FAKES})
    graph = CallGraph([analysis(tmp_path)])

    def callees(name: str) -> list[str]:
        return [step.target.name for step in graph.steps(graph.node(*lookup(graph.analyses, name)))]

    assert callees("server.serve") == ["(example.org/m.real).get"]
    # In code that is not used itself, what such code makes counts.
    assert callees("left.over") == ["(*example.org/m.fake).get"]
    asked = Investigation("", "", {"r": Repository("r", "", "", programs=("",))}, (), ())
    with api.Session(asked, api.Options({"r": str(tmp_path)}, cache=tmp_path / "cache")) as session:
        line = FAKES[: FAKES.index("return s.s.get()")].count("\n") + 1
        (found,) = api.explain(session, f"main.go:{line}", "r")
    assert [edge.callee for edge in found.edges] == ["(example.org/m.real).get"]
    reasons = {row.symbol: sentence(row.message) for row in found.ruled_out}
    assert reasons["(*example.org/m.fake).get"] == "no code that is used makes a value of this type"
