"""The open question: what an entry reaches without a target, backwards from all calls that leave its program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fixture import API, GRPC
from support import analysis, repository

from tracer import api, reach
from tracer.codes import Detail, Ending, Gap, Message, Reason
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info
from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Site
from tracer.graph import CallGraph
from tracer.trace import Search
from tracer.wire import process
from tracer.wire.service import Service

AGENT = """package main

import (
	"context"
	"io"
	"os"
	"os/exec"

	"example.org/api"
	"google.golang.org/grpc"
)

type opener interface{ Open(ctx context.Context) error }

type failure struct{ box opener }

// Error is what half of a program has.
func (f failure) Error() string {
	_ = f.box.Open(context.Background())
	return "failed"
}

func try(box opener) error { return failure{box} }

func say(err error) string { return err.Error() }

func open(box opener) { near(box) }

func near(box opener) { _ = box.Open(context.Background()) }

func start(name string) error { return exec.Command(name).Run() }

func tools() {
	_ = start("box")
	_ = start("mount")
}

func own() error { return exec.Command(os.Getenv("TOOL")).Run() }

func work(box opener) {
	tools()
	open(box)
}

func idle() {}

func later(box opener) { near(box) }

func sooner(box opener) { near(box) }

func twice(box opener) {
	sooner(box)
	later(box)
}

func byHand(cc *grpc.ClientConn) {
	_ = cc.Invoke(context.Background(), "/demo.v1.Box/Open", nil, nil)
}

type door struct{ box opener }

func (d door) Close() error {
	near(d.box)
	return nil
}

func shut(c io.Closer) { _ = c.Close() }

func leave(d door) { _ = d.Close() }

type command struct{ run func() }

func build(box opener) *command {
	return &command{run: func() { near(box) }}
}

func (c *command) execute() { c.prepare() }

func (c *command) prepare() { c.run() }

func main() {
	box := api.NewBoxClient(&grpc.ClientConn{})
	build(box).execute()
	work(box)
	twice(box)
	byHand(&grpc.ClientConn{})
	shut(door{box})
	leave(door{box})
	_ = say(try(box))
	_ = own()
	idle()
}
"""

BOX = """package main

import (
	"context"

	"example.org/api"
	"google.golang.org/grpc"
)

type service struct{}

func (service) Open(ctx context.Context) error { return nil }

func main() { api.RegisterBoxServer(&grpc.Server{}, service{}) }
"""

FILES = {
    "go.mod": "module example.org/demo\n\ngo 1.24\n",
    "vendor/google.golang.org/grpc/grpc.go": GRPC,
    "vendor/example.org/api/api.go": API,
    "cmd/agent/main.go": AGENT,
    "cmd/box/main.go": BOX,
}
OPEN = (
    "/demo.v1.Box/Open",
    "demo:cmd/box",
    ["agent.open", "agent.near", "api.boxClient.Open", "api._Box_Open_Handler"],
)


@pytest.fixture
def graph(tmp_path: Path) -> CallGraph:
    return graph_of(tmp_path, FILES)


def graph_of(folder: Path, files: dict[str, str], budget: int = 1500) -> CallGraph:
    repository(folder, files)
    programs = ("cmd/agent", "cmd/box")
    return CallGraph([analysis(folder, program, name="demo", budget=budget) for program in programs])


def asked(graph: CallGraph, entry: str, limit: int = 1000, looked_at: list[str] | None = None) -> Search:
    node = graph.node(*api.lookup(graph.analyses[:1], f"agent.{entry}"))
    names = looked_at if looked_at is not None else []
    return reach.to_wires(graph, node, lambda name, _count: names.append(name.rsplit("/", 1)[-1]), limit=limit)


def chains(graph: CallGraph, found: Search) -> list[tuple[str, str, list[str]]]:
    """The wire and the program of each chain, and the functions that it goes through."""

    def short(step_target: str) -> str:
        return step_target.replace("(", "").replace(")", "").replace("*", "")

    return [
        (chain[-1].edge.wire, chain[-1].target.program, [short(graph.symbol(s.target).short) for s in chain])
        for chain in found.chains
    ]


def stops(found: Search) -> list[tuple[str, Ending, tuple[str | Message, ...]]]:
    return [(s.symbol.name.rsplit(".", 1)[-1], s.reason, s.arguments) for s in found.stops]


def test_all_wires_nearest_first_to_the_end(graph: CallGraph) -> None:
    looked_at: list[str] = []
    found = asked(graph, "work", looked_at=looked_at)
    # A process that is started comes after what is called.
    assert chains(graph, found) == [OPEN, ("exec box", "demo:cmd/box", ["agent.tools", "agent.start", "box.main"])]
    assert stops(found) == [("start", Ending.NOT_STARTED, ("exec.Command(name)", "exec mount"))]
    # Calls leave the first four, and nobody is asked who calls failure.Error.
    # work is looked at twice: it comes to start whoever calls it, and to near with the box that it is given.
    leaving = ["agent.byHand", "api.boxClient).Open", "agent.start", "agent.own"]
    near = ["agent.near", "agent.tools", "agent.door).Close", "agent.failure).Error", "agent.open", "agent.later"]
    literal = ["agent.sooner", "agent.build$1", "agent.command).prepare", "agent.command).execute"]
    far = ["agent.work", "agent.work", "agent.leave", "agent.twice", "agent.main"]
    assert sorted(looked_at) == sorted([*leaving, *near, *literal, *far])
    assert found.explored == 19


def test_one_chain_to_a_wire_the_first_in_the_source(graph: CallGraph) -> None:
    through = ["agent.sooner", *OPEN[2][1:]]
    assert chains(graph, asked(graph, "twice")) == [("/demo.v1.Box/Open", "demo:cmd/box", through)]
    # The nearest is another stub.
    found = chains(graph, asked(graph, "main"))
    assert ("/demo.v1.Box/Open", "demo:cmd/box", ["agent.byHand", "api._Box_Open_Handler"]) in found
    assert len(found) == 2


def test_a_literal_that_is_run_elsewhere(graph: CallGraph) -> None:
    through = ["agent.command.prepare", "agent.build$1", *OPEN[2][1:]]
    assert chains(graph, asked(graph, "command.execute")) == [("/demo.v1.Box/Open", "demo:cmd/box", through)]
    assert chains(graph, asked(graph, "build")) == []


def test_calls_through_interfaces_of_the_library_are_not_followed(graph: CallGraph) -> None:
    assert asked(graph, "shut").chains == []
    assert len(asked(graph, "leave").chains) == 1


def test_what_a_call_sends_is_asked_where_a_chain_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where what a stub calls leads to a wire itself: a stub is the wire and nothing else."""
    old = "args, reply any, opts ...CallOption) error {"
    proxied = GRPC.replace(old, old + '\n\t_ = exec.Command("proxy").Run()', 1)
    proxied = proxied.replace('import "context"', 'import (\n\t"context"\n\t"os/exec"\n)')
    graph = graph_of(tmp_path, FILES | {"vendor/google.golang.org/grpc/grpc.go": proxied})
    assert len(graph.leaving("demo:cmd/agent")) == 5
    monkeypatch.delattr(Service, "handlers")
    assert asked(graph, "idle").chains == []


def test_a_bound_that_is_hit_is_told(graph: CallGraph) -> None:
    found = asked(graph, "work", limit=5)
    assert found.explored == 5
    assert ("work", Ending.CUT_OFF, ("5",)) in stops(found)
    assert chains(graph, asked(graph, "twice", limit=0)) == []
    whole = asked(graph, "work", limit=19)
    assert [wire for wire, _, _ in chains(graph, whole)] == ["/demo.v1.Box/Open", "exec box"]
    assert Ending.CUT_OFF not in [reason for _, reason, _ in stops(whole)]


def test_names_of_programs_are_looked_for_where_a_chain_arrives(
    graph: CallGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    texts = process.argument_texts

    def noted(analysis: Analysis, site: Site, index: int) -> frozenset[str]:
        looked.append(site.unit.name.rsplit(".", 1)[-1])
        return texts(analysis, site, index)

    monkeypatch.setattr(process, "argument_texts", noted)
    assert chains(graph, asked(graph, "open")) == [("/demo.v1.Box/Open", "demo:cmd/box", OPEN[2][1:])]
    assert looked == []
    found = asked(graph, "own")
    assert looked == ["own"]
    assert stops(found) == [("own", Ending.UNNAMED, ('exec.Command(os.Getenv("TOOL"))',))]
    asked(graph, "main")
    assert sorted(looked) == ["own", "start"]


def test_a_further_entry_resolves_nothing_anew(graph: CallGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(asked(graph, "main").chains) == 2
    for name in ("resolve", "dispatch", "dispatch_edges", "callers"):
        monkeypatch.delattr(Analysis, name)
    assert chains(graph, asked(graph, "open")) == [("/demo.v1.Box/Open", "demo:cmd/box", OPEN[2][1:])]


def test_nobody_is_asked_who_calls_error(graph: CallGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    callers: Callable[..., list[Site]] = Analysis.callers

    def noted(self: Analysis, func: object) -> list[Site]:
        names.append(getattr(func, "name", ""))
        return callers(self, func)

    monkeypatch.setattr(Analysis, "callers", noted)
    found = asked(graph, "say")
    assert found.chains == []
    assert "near" in names
    assert "Error" not in names


def test_a_method_that_nobody_serves_is_a_stop(tmp_path: Path) -> None:
    repository(tmp_path, FILES)
    found = asked(CallGraph([analysis(tmp_path, "cmd/agent", name="demo")]), "open")
    assert found.chains == []
    code = "c.cc.Invoke(ctx, Box_Open_FullMethodName, nil, nil)"
    method = Message(Detail.METHOD, ("/demo.v1.Box/Open",))
    assert stops(found) == [("Open", Ending.UNDECIDED, (code, Message(Reason.NO_SERVER), method))]


def test_a_fault_in_the_entry_is_a_stop(graph: CallGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    check = Checker.check

    def fails(self: Checker, unit: Unit) -> Info:
        if unit.declaration.names == ("idle",):
            raise IndexError("no such place")
        return check(self, unit)

    monkeypatch.setattr(Checker, "check", fails)
    detail = Message(Detail.ERROR, ("IndexError: no such place",))
    assert stops(asked(graph, "idle")) == [("idle", Ending.UNDECIDED, ("", Message(Reason.FAULT), detail))]


def test_a_function_that_reaches_nothing(graph: CallGraph) -> None:
    found = asked(graph, "idle")
    assert found.chains == []
    assert found.stops == []


def test_a_call_that_may_lead_to_a_wire_is_a_stop(tmp_path: Path) -> None:
    """Where the budget of a dispatch is used up, what may be called is not gone to."""
    graph = graph_of(tmp_path, FILES, budget=0)
    found = asked(graph, "near")
    assert found.chains == []
    detail = Message(Gap.TOO_MANY_FUNCTIONS, ("0",))
    assert stops(found) == [
        ("near", Ending.UNDECIDED, ("box.Open(context.Background())", Message(Reason.BOUND), detail))
    ]


def test_where_nothing_is_found_what_hides_it_is_told(tmp_path: Path) -> None:
    """A package that is not there may hold the wire: also behind functions that the entry calls."""
    hidden = """package main

import "example.org/missing"

func work() { helper() }

func helper() { missing.Send() }

func main() { work() }
"""
    found = asked(graph_of(tmp_path, FILES | {"cmd/agent/main.go": hidden}), "work")
    assert found.chains == []
    ((name, reason, arguments),) = stops(found)
    assert (name, reason) == ("helper", Ending.UNDECIDED)
    assert arguments[:2] == ("missing.Send()", Message(Reason.MISSING_PACKAGE))
