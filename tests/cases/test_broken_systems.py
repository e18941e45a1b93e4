"""Small systems of many shapes, each broken on purpose in one place: the first place that is told is where it was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import made, tracer
from fixture import API, GRPC

Files = Mapping[str, str]
GO_MOD = "module example.org/demo\n\ngo 1.24\n\nrequire example.org/gone v1.0.0\n"
INVESTIGATION = """title = "What is a box called?"
[repositories.demo]
url = "https://example.org/demo"
commit = "{demo}"
programs = [PROGRAMS]
"""


@dataclass(frozen=True)
class Broken:
    """A system that is whole, a text of a file that something else takes the place of, and the first stop that is wanted.

    A file whose text is all replaced is removed if nothing takes its place. ``at`` is a part of the stop's line.
    """

    files: Files
    file: str
    before: str
    after: str
    symbol: str
    at: str
    code: str
    entry: str = "main"
    programs: tuple[str, ...] = ("cmd/one",)
    target: str = "demo/image.Default"


IMAGE = 'package image\n\nconst Default = "box:1"\n\nfunc Name() string { return Default }\n'
ONE, TWO = "cmd/one/main.go", "cmd/two/main.go"

PLUGINS = {
    "plugins/plugins.go": """package plugins

type Runner interface{ Run() string }

var factories = map[string]func() Runner{}

func Register(name string, factory func() Runner) { factories[name] = factory }

func Get(name string) Runner {
	factory := factories[name]
	return factory()
}
""",
    "plugins/native/native.go": """package native

import (
	"example.org/demo/image"
	"example.org/demo/plugins"
)

func init() { plugins.Register("native", func() plugins.Runner { return runner{} }) }

type runner struct{}

func (runner) Run() string { return image.Name() }
""",
    ONE: """package main

import (
	"example.org/demo/image"
	"example.org/demo/plugins"
	_ "example.org/demo/plugins/native"
)

func main() {
	println(image.Name)
	println(serve("native"))
}

func serve(name string) string { return plugins.Get(name).Run() }
""",
}
OPTIONS = {
    ONE: """package main

import "example.org/demo/image"

type server struct {
	name string
	run  func() string
}

type Option func(*server)

func WithRun(run func() string) Option { return func(s *server) { s.run = run } }
func WithName(name string) Option      { return func(s *server) { s.name = name } }

func New(options ...Option) *server {
	s := &server{}
	for _, option := range options {
		option(s)
	}
	return s
}

func (s *server) Serve() string { return s.run() }

func main() { println(New(WithName("one"), WithRun(image.Name)).Serve()) }
""",
}
QUEUE = {
    ONE: """package main

import "example.org/demo/image"

type job func() string

type queue struct{ jobs chan job }

func (q *queue) add(j job) { q.jobs <- j }

func (q *queue) work() {
	for j := range q.jobs {
		println(j())
	}
}

func main() {
	q := &queue{jobs: make(chan job)}
	go q.work()
	q.add(image.Name)
}
""",
}
TABLE = {
    ONE: """package main

import (
	"os"

	"example.org/demo/image"
)

func box() string { return image.Name() }
func bag() string { return "" }

var handlers = map[string]func() string{
	"bag": bag,
	"box": box,
}

func main() { println(handle(os.Args[1])) }

func handle(name string) string { return handlers[name]() }
""",
}
BUILDS = {
    ONE: """package main

import "example.org/demo/image"

var hooks []func() string

func started() string { return image.Name() }

func main() {
	for _, hook := range hooks {
		println(hook())
	}
}
""",
    "cmd/one/hooks.go": "//go:build linux\n\npackage main\n\nfunc init() { hooks = append(hooks, started) }\n",
}
ASSERTED = {
    ONE: """package main

import "example.org/demo/image"

type opener interface{ Open() string }

type box struct{}

func (box) Open() string { return image.Name() }

func use(v any) string {
	if o, ok := v.(opener); ok {
		return o.Open()
	}
	return ""
}

func main() { println(use(box{})) }
""",
}
EMBEDDED = {
    ONE: """package main

import "example.org/demo/image"

type Runner interface{ Run() string }

type native struct{}

func (native) Run() string { return image.Name() }

type guarded struct{ Runner }

func guard(r Runner) Runner { return &guarded{Runner: r} }

type service struct{ runner Runner }

func (s *service) Do() string { return s.runner.Run() }

func main() { println((&service{runner: guard(native{})}).Do()) }
""",
}
COMMANDS = {
    ONE: """package main

import "os/exec"

type agent struct{ tool string }

func (a *agent) Sync() error {
	cmd := exec.Command(a.tool, "--quiet", "run")
	return cmd.Run()
}

func main() { _ = (&agent{tool: "/usr/bin/two"}).Sync() }
""",
    TWO: """package main

import (
	"os"

	"example.org/demo/image"
)

func main() {
	switch os.Args[2] {
	case "run":
		run()
	case "check":
		check()
	}
}

func run()   { println(image.Name()) }
func check() {}
""",
}
HELPED = """package main

import "os/exec"

type agent struct{ tool string }

func (a *agent) Sync() error  { return a.start("run") }
func (a *agent) Probe() error { return a.start("run") }

func (a *agent) start(command string) error { return exec.Command(a.tool, "--quiet", command).Run() }

func main() {
	a := &agent{tool: "/usr/bin/two"}
	_, _ = a.Sync(), a.Probe()
}
"""
VENDORED = {"vendor/google.golang.org/grpc/grpc.go": GRPC, "vendor/example.org/api/api.go": API}
SERVED = VENDORED | {
    ONE: """package main

import (
	"context"

	"example.org/api"
	"google.golang.org/grpc"
)

type agent struct{ box api.BoxClient }

func (a *agent) Sync(ctx context.Context) error { return a.box.Open(ctx) }

func main() { _ = (&agent{api.NewBoxClient(&grpc.ClientConn{})}).Sync(context.Background()) }
""",
    TWO: """package main

import (
	"context"

	"example.org/api"
	"example.org/demo/image"
	"google.golang.org/grpc"
)

type service struct{}

func (service) Open(ctx context.Context) error {
	println(image.Name())
	return nil
}

func boxes(s *grpc.Server) { api.RegisterBoxServer(s, service{}) }
func bags(s *grpc.Server)  {}

func main() {
	s := &grpc.Server{}
	for _, register := range []func(*grpc.Server){boxes, bags} {
		register(s)
	}
}
""",
}
WATCHED = {
    "watch/watch.go": 'package watch\n\ntype Handler struct{ Added func(name string) }\n\nfunc Start(h Handler) { h.Added("") }\n',
    ONE: """package main

import (
	"example.org/demo/image"
	"example.org/demo/watch"
)

type controller struct{}

func (c *controller) added(name string) { println(image.Name()) }

func main() {
	c := &controller{}
	watch.Start(watch.Handler{Added: c.added})
}
""",
}
REFLECTED = {
    ONE: """package main

import (
	"os"
	"reflect"

	"example.org/demo/image"
)

type box struct{}

func (box) Open() string { return image.Name() }

type opener interface{ Open() string }

func call(v opener, name string) {
	_ = reflect.ValueOf(v).Kind()
	v.Open()
}

func main() { call(box{}, os.Args[1]) }
""",
}
STUB = {"symbol": "(*api.boxClient).Open", "at": "c.cc.Invoke", "code": "undecided", "programs": ("cmd/one", "cmd/two")}
SYSTEMS = {
    "a plugin that is not imported": Broken(
        PLUGINS,
        ONE,
        '\t_ "example.org/demo/plugins/native"\n',
        "",
        "image.Name",
        "(runner) Run()",
        "not-built-caller",
        "one.serve",
    ),
    "an option that is not passed": Broken(
        OPTIONS, ONE, ", WithRun(image.Name)", "", "(*one.server).Serve", "s.run()", "undecided"
    ),
    "nothing sent": Broken(QUEUE, ONE, "q.jobs <- j", "_ = j", "(*one.queue).work", "j()", "undecided"),
    "a row of a table": Broken(TABLE, ONE, '\t"box": box,\n', "", "one.box", "func box", "no-caller"),
    "a file for another system": Broken(
        BUILDS, "cmd/one/hooks.go", "linux", "windows", "one.main", "hook()", "undecided"
    ),
    "a type without the method asked for": Broken(
        ASSERTED, ONE, "(box) Open()", "(box) Open(n int)", "one.use", "o.Open()", "undecided"
    ),
    "nothing embedded": Broken(EMBEDDED, ONE, "{Runner: r}", "{}", "(*one.service).Do", "s.runner.Run()", "undecided"),
    "another command": Broken(
        COMMANDS,
        ONE,
        '"run"',
        '"check"',
        "(*one.agent).Sync",
        '"check"',
        "other-arguments",
        programs=("cmd/one", "cmd/two"),
    ),
    "another command handed to what starts it": Broken(
        COMMANDS | {ONE: HELPED},
        ONE,
        'Sync() error  { return a.start("run")',
        'Sync() error  { return a.start("check")',
        "(*one.agent).Sync",
        '"check"',
        "other-arguments",
        "agent.Sync",
        ("cmd/one", "cmd/two"),
    ),
    "one of several registrations": Broken(SERVED, TWO, "{boxes, bags}", "{bags}", **STUB),
    "a configured method": Broken(
        SERVED,
        "vendor/example.org/api/api.go",
        "Invoke(ctx, Box_Open_FullMethodName",
        'Invoke(ctx, os.Getenv("M")',
        **STUB,
    ),
    "the generated code missing": Broken(
        SERVED,
        "vendor/example.org/api/api.go",
        API,
        "",
        "(*one.agent).Sync",
        "a.box.Open",
        "missing-module",
        programs=("cmd/one", "cmd/two"),
    ),
    "a handler for a missing package": Broken(
        WATCHED,
        ONE,
        "example.org/demo/watch",
        "example.org/gone/watch",
        "(*one.controller).added",
        "watch.Start",
        "undecided",
    ),
    "a method by a configured name": Broken(
        REFLECTED,
        ONE,
        "\tv.Open()",
        "\treflect.ValueOf(v).MethodByName(name).Call(nil)",
        "(one.box).Open",
        "MethodByName(name)",
        "undecided",
    ),
}


def told(folder: Path, system: Broken, *, whole: bool) -> list[tuple[str, str, str]]:
    """Where a chain may break: function, line and code; of a system that is whole nothing."""
    files = {"go.mod": GO_MOD, "image/image.go": IMAGE, **system.files}
    if not whole:
        text = files.pop(system.file)
        assert system.before in text
        if text != system.before:
            files[system.file] = text.replace(system.before, system.after, 1)
    programs = ", ".join(f'"{name}"' for name in system.programs)
    world = made(folder, {"demo": files}, INVESTIGATION.replace("PROGRAMS", programs))
    entry = system.entry if system.entry != "main" else "cmd/one.main"
    way = ("follow", entry, "--repo", "demo", "--to", system.target, "--json", "-i", str(world.investigation))
    done = tracer(*way, *world.sources, cache=world.cache)
    answer = json.loads(done.stdout)
    assert answer["found"] == whole, done.stderr
    return [
        (stop["symbol"]["short"], files[at["path"]].splitlines()[at["line"] - 1].strip(), stop["code"])
        for stop in answer["stops"]
        if (at := stop["position"]) is not None
    ]


@pytest.mark.parametrize("how", SYSTEMS)
def test_it_is_whole(tmp_path: Path, how: str) -> None:
    assert told(tmp_path, SYSTEMS[how], whole=True) == []


@pytest.mark.parametrize("how", SYSTEMS)
def test_the_place_is_the_first_that_is_told(tmp_path: Path, how: str) -> None:
    system = SYSTEMS[how]
    found = told(tmp_path, system, whole=False)
    assert found, "nothing is told"
    symbol, line, code = found[0]
    assert (symbol, code) == (system.symbol, system.code), found
    assert system.at in line, found
