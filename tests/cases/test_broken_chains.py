"""Chains broken on purpose: the first place that is told is where it was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from command import made, tracer
from fixture import API, GRPC
from support import repository

AGENT = """package main

import (
	"context"
	"errors"
	"log"

	"example.org/api"
	"google.golang.org/grpc"
)

type Opener interface{ Open(ctx context.Context) error }

type agent struct {
	opener Opener
	logger Logger
}

type Logger interface{ Print(text string) }

var after func(string)

func newAgent(opener Opener) *agent { return &agent{opener: opener} }

func (a *agent) Sync(ctx context.Context) error {
	log.Print("begin")
	a.logger.Print("begin")
	if err := a.prepare(ctx); err != nil {
		return errors.New(err.Error())
	}
	return nil
}

func (a *agent) prepare(ctx context.Context) error { return a.opener.Open(ctx) }

func main() {
	_ = newAgent(api.NewBoxClient(&grpc.ClientConn{})).Sync(context.Background())
}
"""
BOX = """package main

import (
	"context"
	"os/exec"

	"example.org/api"
	"google.golang.org/grpc"
)

type Runner interface{ Run(name string) error }

type starter struct{ path string }

func (s *starter) Run(name string) error { return exec.Command(s.path, name).Run() }

type service struct{ runner Runner }

func (s *service) Open(ctx context.Context) error { return s.runner.Run("box") }

func newService() *service { return &service{runner: &starter{path: "/usr/bin/tool"}} }

func main() { api.RegisterBoxServer(&grpc.Server{}, newService()) }
"""
TOOL = """package main

import "example.org/demo/retry"

const Default = "box:1"

func label() string { return Default }

func main() { retry.Do(func() { work(label) }) }

func work(name func() string) { finish(name()) }

func finish(text string) { println(text) }
"""
RETRY = "package retry\n\nfunc Do(f func()) { f() }\n"
FILES = {
    "go.mod": "module example.org/demo\n\ngo 1.24\n\nrequire example.org/gone v1.0.0\n",
    "vendor/google.golang.org/grpc/grpc.go": GRPC,
    "vendor/example.org/api/api.go": API,
    "cmd/agent/main.go": AGENT,
    "cmd/box/main.go": BOX,
    "cmd/tool/main.go": TOOL,
    "retry/retry.go": RETRY,
}
INVESTIGATION = """title = "What is a box called?"
[repositories.demo]
url = "https://example.org/demo"
commit = "{demo}"
programs = ["cmd/agent", "cmd/box", "cmd/tool"]
"""
Edit = tuple[str, str, str]
"""In a file, a text and what takes its place."""


def stops(folder: Path, edits: Sequence[Edit]) -> list[tuple[str, str, str]]:
    """Where a chain from Sync to the constant may break once files were edited: function, line and code."""
    files = dict(FILES)
    for path, before, after in edits:
        assert before in files[path]
        files[path] = files[path].replace(before, after, 1)
    world = made(folder, {"demo": files}, INVESTIGATION)
    way = ("follow", "agent.Sync", "--repo", "demo", "--to", "tool.Default", "--json", "-i", str(world.investigation))
    done = tracer(*way, *world.sources, cache=world.cache)
    told = json.loads(done.stdout)
    assert told["found"] == (not edits), done.stderr
    return [
        (stop["symbol"]["short"], files[at["path"]].splitlines()[at["line"] - 1].strip(), stop["code"])
        for stop in told["stops"]
        if (at := stop["position"]) is not None
    ]


def test_it_is_whole(tmp_path: Path) -> None:
    assert stops(tmp_path, []) == []


AGENT_FILE, BOX_FILE, TOOL_FILE = (f"cmd/{name}/main.go" for name in ("agent", "box", "tool"))
API_FILE = "vendor/example.org/api/api.go"
IMPORT = "import (\n"
USES_OS = (BOX_FILE, IMPORT, IMPORT + '\t"os"\n')
STUB = ("(*api.boxClient).Open", "return c.cc.Invoke(ctx, Box_Open_FullMethodName, nil, nil)", "undecided")
RUN = 'func (s *service) Open(ctx context.Context) error { return s.runner.Run("box") }'
START = "func (s *starter) Run(name string) error { return exec.Command(s.path, name).Run() }"
PREPARE = "func (a *agent) prepare(ctx context.Context) error { return a.opener.Open(ctx) }"
BROKEN: dict[str, tuple[list[Edit], tuple[str, str, str]]] = {
    "registration removed": (
        [(BOX_FILE, "api.RegisterBoxServer(&grpc.Server{}, newService())", "_ = newService()")],
        STUB,
    ),
    "another service": ([(API_FILE, 'ServiceName: "demo.v1.Box"', 'ServiceName: "demo.v2.Box"')], STUB),
    "nothing in the field": (
        [(BOX_FILE, '{runner: &starter{path: "/usr/bin/tool"}}', "{}")],
        ("(*box.service).Open", RUN, "undecided"),
    ),
    "a type changed": (
        [(BOX_FILE, "Run(name string) error { return", "Run(name string, force bool) error { return")],
        ("(*box.service).Open", RUN, "undecided"),
    ),
    "a configured path": (
        [USES_OS, (BOX_FILE, '"/usr/bin/tool"', 'os.Getenv("TOOL")')],
        ("(*box.starter).Run", START, "unnamed-program"),
    ),
    "a configured path in a literal": (
        [USES_OS, (BOX_FILE, "exec.Command(s.path, name).Run()", '(&exec.Cmd{Path: os.Getenv("TOOL")}).Run()')],
        (
            "(*box.starter).Run",
            START.replace("exec.Command(s.path, name)", '(&exec.Cmd{Path: os.Getenv("TOOL")})'),
            "unnamed-program",
        ),
    ),
    "another program": (
        [(BOX_FILE, "/usr/bin/tool", "/usr/bin/mount")],
        ("(*box.starter).Run", START, "not-started"),
    ),
    "a package missing": (
        [(TOOL_FILE, "example.org/demo/retry", "example.org/gone/retry")],
        ("tool.main$1", "func main() { retry.Do(func() { work(label) }) }", "undecided"),
    ),
    "the package of a type missing": (
        [
            (AGENT_FILE, IMPORT, IMPORT + '\t"example.org/gone"\n'),
            (AGENT_FILE, "type Opener interface{ Open(ctx context.Context) error }", "type Opener = *gone.Opener"),
        ],
        ("(*agent.agent).prepare", PREPARE, "missing-module"),
    ),
    "a function that is not set": (
        [
            (TOOL_FILE, "func work(name func() string) {", "var named func() string\n\nfunc work(_ func() string) {"),
            (TOOL_FILE, "finish(name())", "finish(named())"),
        ],
        ("tool.work", "func work(_ func() string) { finish(named()) }", "undecided"),
    ),
    "a call removed": (
        [(AGENT_FILE, "a.prepare(ctx); err", "ctx.Err(); err")],
        ("(*agent.agent).prepare", PREPARE, "no-caller"),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_the_place_is_the_first_that_is_told(tmp_path: Path, how: str) -> None:
    edits, place = BROKEN[how]
    found = stops(tmp_path, edits)
    assert found[0] == place, found


SECOND = """type second struct{}

func (second) Open(ctx context.Context) error { return nil }

func main() { api.RegisterBoxServer(&grpc.Server{}, second{}); """


def test_two_servers_of_one_program_are_both_named(tmp_path: Path) -> None:
    files = FILES | {BOX_FILE: BOX.replace("func main() { ", SECOND)}
    world = made(tmp_path, {"demo": files}, INVESTIGATION)
    text = world.run("follow", "agent.Sync", "--repo", "demo", "--to", "tool.Default").stdout
    assert "also served by demo:cmd/box: (box.second).Open" in text


ITERATOR = """package main

func step() {}

func walk() func(func(int) bool) {
	return func(yield func(int) bool) {
		step()
		yield(1)
	}
}

func start() func(func(int) bool) {
	inner := walk()
	return func(yield func(int) bool) {
		for x := range inner {
			yield(x)
		}
	}
}

func main() {
	for range start() {
	}
}
"""


def test_what_a_function_makes_and_others_call_is_where_a_chain_begins(tmp_path: Path) -> None:
    """A function that returns an iterator calls nothing that the iterator does."""
    repository(tmp_path / "m", {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": ITERATOR})

    def ask(entry: str) -> tuple[int, str, str]:
        done = tracer("follow", entry, "--to", "step", folder=tmp_path / "m", cache=tmp_path / "cache")
        return done.returncode, done.stdout, done.stderr

    code, out, err = ask("start")
    assert code == 1
    first = out[out.index("Where the search ended:") :].splitlines()[1]
    assert "m.start$1" in first, out
    assert "a chain begins here, at what m.start makes and others call: an iterator or callback" in first
    assert "  tracer follow 'start$1' --to step\n" in err
    assert ask("start$1")[0] == 0
    assert ask("main.main")[0] == 0
