"""Where a chain breaks: what is told, in which order, and how like places are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import World, made
from support import analysis, repository

from tracer import frontier
from tracer.codes import Ending, Message, Reason
from tracer.golang.lookup import lookup
from tracer.graph import CallGraph
from tracer.sentences import sentence

MAIN = """package main

import (
	"os"
	"os/exec"

	"x.org/all"
	"x.org/all/part"
	"x.org/log"
)

type logger interface{ Info(text string) }

type keeper interface{ Keep(); Drop() }

var (
	logs  logger
	kept  keeper
	other keeper
)

func start() {
	logs.Info("a")
	logs.Info("b")
	log.Print("c")
	all.Do()
	one()
	two()
}

func one() {
	part.Do()
	kept.Keep()
	other.Keep()
	kept.Drop()
}

func two() {
	exec.Command(os.Getenv("TOOL")).Run()
	all.Again()
}

func target() {}

func run(cmd *exec.Cmd) { cmd.Start() }

func literal() { run(&exec.Cmd{Path: os.Getenv("TOOL")}) }

func both(own bool) {
	path := os.Getenv("TOOL")
	if own {
		path = "/usr/bin/mount"
	}
	exec.Command(path).Run()
}

func main() {
	start()
	literal()
	both(true)
}
"""
FILES = {"go.mod": "module m\n\ngo 1.24\n\nrequire x.org/all v1.0.0\n", "main.go": MAIN}


def line(text: str) -> int:
    return MAIN[: MAIN.index(text)].count("\n") + 1


def test_the_order(tmp_path: Path) -> None:
    repository(tmp_path, FILES)
    graph = CallGraph([analysis(tmp_path)])
    start, target = (graph.node(*lookup(graph.analyses, name)) for name in ("m.start", "m.target"))
    found = frontier.between(graph, start, [[target]], lambda _name, _count: None)
    told = [(s.reason, s.position.line if s.position else 0, s.arguments) for s in found.stops]
    keeper = told[4][2][-1]
    assert isinstance(keeper, Message)
    assert sentence(keeper) == "the interface is m.keeper"
    logger = told[5][2][-1]
    assert told == [
        (Ending.UNNAMED, line('\texec.Command(os.Getenv("TOOL"))'), ('exec.Command(os.Getenv("TOOL"))',)),
        # Three calls of one module, though of two packages, and one file.
        (Ending.MISSING, line("\tall.Do"), ("x.org/all", "3", "2")),
        (Ending.MISSING, line("\tlog.Print"), ("x.org/log", "1", "1")),
        (Ending.NO_CALLER, line("func target"), ()),
        (Ending.SEVERAL, line("\tkept.Keep"), ("3", Message(Reason.NO_TARGET), keeper)),
        (Ending.SEVERAL, line("\tlogs.Info"), ("2", Message(Reason.NO_TARGET), logger)),
    ]


def test_a_bound_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path, FILES)
    graph = CallGraph([analysis(tmp_path)])
    start, target = (graph.node(*lookup(graph.analyses, name)) for name in ("m.main", "m.target"))
    monkeypatch.setattr(frontier, "MAX_REACHED", 1)
    found = frontier.between(graph, start, [[target]], lambda _name, _count: None)
    # What its wires tell is told all the same.
    assert (found.stops[0].reason, found.stops[-1].reason) == (Ending.UNNAMED, Ending.NEAREST)
    assert sentence(found.stops[-1].message).endswith("the 1 nearest functions were looked at")


INVESTIGATION = """title = "demo"
[repositories.demo]
url = "https://example.org/demo"
commit = "{demo}"
programs = ["."]
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(tmp_path_factory.mktemp("demo"), {"demo": FILES}, INVESTIGATION)


UNKNOWN = "the name of the program that is started here is not known"


@pytest.mark.parametrize(
    ("function", "text"), [("two", "exec.Command(os"), ("run", "cmd.Start()"), ("both", "exec.Command(path")]
)
def test_a_program_of_unknown_name(world: World, function: str, text: str) -> None:
    """Also where some names are known, and where a command is written down as a literal."""
    assert UNKNOWN in world.run("callees", f"m.{function}", "--repo", "demo").stdout
    assert UNKNOWN in world.run("explain", f"main.go:{line(text)}", "--repo", "demo").stdout
    # It may be there, beyond what is started.
    assert UNKNOWN in world.run("follow", f"m.{function}", "--repo", "demo", expect=4).stdout


def test_other_calls_are_none(world: World) -> None:
    assert UNKNOWN not in world.run("callees", "m.start", "--repo", "demo").stdout


_HANDED = """package main

type item struct {
	name string
	next *item
}

type queue struct {
	first   *item
	work    chan *item
	stopped bool
	unused  *item
}

func newQueue() *queue {
	q := &queue{work: make(chan *item)}
	go q.loop()
	return q
}

func (q *queue) loop() {
	for !q.stopped {
		target(q.first)
		target(<-q.work)
	}
}

func (q *queue) put(i *item) { q.first = i }

func (q *queue) send(i *item) { q.work <- i }

func (q *queue) stop() { q.stopped = true }

func (q *queue) forget(i *item) { q.unused = i }

func stores(q *queue) { q.put(&item{}) }

func sends(q *queue) { func() { q.send(&item{}) }() }

func stops(q *queue) {
	q.stop()
	q.forget(nil)
}

func target(*item) {}

func main() {
	q := newQueue()
	stores(q)
	sends(q)
	stops(q)
}
"""


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("stores", [("m.queue.first", "q.first = i")]),
        ("sends", [("m.queue.work", "q.work <- i")]),
        ("stops", []),
        ("queue.put", [("m.queue.first", "q.first = i")]),
    ],
)
def test_work_may_be_handed_over(entry: str, wanted: list[tuple[str, str]], tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n\ngo 1.24\n", "main.go": _HANDED})
    graph = CallGraph([analysis(tmp_path)])
    start, target = (graph.node(*lookup(graph.analyses, f"m.{name}")) for name in (entry, "target"))
    found = frontier.between(graph, start, [[target]], lambda _name, _count: None)
    assert not found.chains
    over = [stop for stop in found.stops if stop.reason is Ending.HANDED_OVER]
    assert found.stops[: len(over)] == over
    assert all(stop.is_open for stop in over)
    told = [(stop.arguments, _HANDED.splitlines()[stop.position.line - 1]) for stop in over if stop.position]
    assert [(field, code in there) for (field, _), there in told for _, code in wanted] == [
        (f, True) for f, _ in wanted
    ]
    assert [function for (_, function), _ in told] == ["(*m.queue).loop"] * len(wanted)
