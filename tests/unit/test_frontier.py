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
