"""ttrpc, interceptors, and programs that start programs: a daemon, its shim, and the tool that the shim starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import api, trace
from tracer.golang.strings import texts
from tracer.graph import CallGraph
from tracer.investigation.reader import load
from tracer.model import Hop
from tracer.sentences import sentence

TTRPC = """package ttrpc

type Method func(unmarshal func(any) error) (any, error)
type Stream struct {
	Handler         func(stream any) (any, error)
	StreamingServer bool
}
type StreamDesc struct{}
type ServiceDesc struct {
	Methods map[string]Method
	Streams map[string]Stream
}
type Server struct{}
type Interceptor func(next Method) Method
type Option func(*Server)

func NewServer(options ...Option) *Server                 { return &Server{} }
func WithUnaryServerInterceptor(i Interceptor) Option     { return nil }
func (s *Server) RegisterService(name string, d *ServiceDesc) {}
func (s *Server) Register(name string, methods map[string]Method) {}

type Client struct{}

func (c *Client) Call(service, method string, req, resp any) error { return nil }
func (c *Client) NewStream(d *StreamDesc, service, method string, req any) (any, error) {
	return nil, nil
}
"""

API = """package task

import "example.org/ttrpc"

type Service interface {
	Create() error
	Watch() error
}

func Register(srv *ttrpc.Server, svc Service) {
	srv.RegisterService("demo.v1.Task", &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Create": func(unmarshal func(any) error) (any, error) {
				if err := unmarshal(nil); err != nil {
					return nil, err
				}
				return nil, svc.Create()
			},
		},
		Streams: map[string]ttrpc.Stream{
			"Watch": {
				Handler: func(stream any) (any, error) {
					return nil, svc.Watch()
				},
				StreamingServer: true,
			},
		},
	})
}

func RegisterOld(srv *ttrpc.Server, svc Service) {
	srv.Register("demo.v0.Task", map[string]ttrpc.Method{
		"Create": func(unmarshal func(any) error) (any, error) { return nil, svc.Create() },
	})
}

type client struct{ c *ttrpc.Client }

func NewClient(c *ttrpc.Client) Service { return &client{c} }

func (c *client) Create() error { return c.c.Call("demo.v1.Task", "Create", nil, nil) }
func (c *client) Watch() error {
	_, err := c.c.NewStream(&ttrpc.StreamDesc{}, "demo.v1.Task", "Watch", nil)
	return err
}

func Old(c *ttrpc.Client) error { return c.Call("demo.v0.Task", "Create", nil, nil) }
"""

DAEMON = """package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"example.org/task"
	"example.org/ttrpc"
)

const format = "shim-%s-%s"

type config struct{ path string }

func name(runtime string) string {
	parts := strings.Split(runtime, ".")
	return fmt.Sprintf(format, parts[0], parts[1])
}

func start(c config) error { return exec.Command(c.path, "start").Run() }

func other(unknown string) error { return exec.Command(unknown).Run() }

func main() {
	_ = start(config{path: filepath.Join("/usr/bin", name("tool.v2"))})
	_ = other("")
	s := task.NewClient(&ttrpc.Client{})
	_ = s.Create()
	_ = s.Watch()
	_ = task.Old(&ttrpc.Client{})
}
"""

SHIM = """package main

import (
	"os/exec"

	"example.org/task"
	"example.org/ttrpc"
)

var tool = "tool"

type service struct{ command string }

func (s *service) Create() error {
	command := s.command
	if command == "" {
		command = tool
	}
	return exec.Command(command, "create").Run()
}
func (s *service) Watch() error { return nil }

func counted(next ttrpc.Method) ttrpc.Method { return next }

func main() {
	server := ttrpc.NewServer(ttrpc.WithUnaryServerInterceptor(counted))
	task.Register(server, &service{})
	task.RegisterOld(server, &service{})
}
"""

FILES = {
    "go.mod": "module example.org/demo\n\ngo 1.24\n",
    "vendor/example.org/ttrpc/ttrpc.go": TTRPC,
    "vendor/example.org/task/task.go": API,
    "cmd/daemon/main.go": DAEMON,
    "cmd/shim-tool-v2/main.go": SHIM,
    "cmd/tool/main.go": "package main\n\nfunc main() { create() }\n\nfunc create() {}\n",
    "cmd/linked/main.go": 'package main\n\nimport _ "example.org/task"\n\nfunc main() {}\n',
}
PROGRAMS = ("cmd/daemon", "cmd/shim-tool-v2", "cmd/tool", "cmd/linked")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("demo")
    repository(folder, FILES)
    return CallGraph([analysis(folder, program, name="demo") for program in PROGRAMS])


def hops(graph: CallGraph, start: str, end: str) -> tuple[Hop, ...]:
    first = graph.node(*api.lookup(graph.analyses, start))
    last = [graph.node(*found) for found in api.lookup_all(graph.analyses, end)]
    found = trace.between(graph, first, [last], lambda _name, _count: None)
    assert found.chains, [s.message for s in found.stops]
    return trace.hops(graph, found.chains[0])


def rows(found: tuple[Hop, ...]) -> list[tuple[str, str, str]]:
    return [(hop.edge.kind.value, hop.target.short, hop.edge.wire) for hop in found]


def test_ttrpc_and_exec_are_one_chain(graph: CallGraph) -> None:
    found = hops(graph, "task.client.Create", "tool.create")
    assert rows(found) == [
        ("rpc", "task.Register$1", "/demo.v1.Task/Create"),
        ("interface", "(*shim-tool-v2.service).Create", ""),
        ("exec", "tool.main", "exec tool"),
        ("call", "tool.create", ""),
    ]
    crossed, _, started, _ = found
    assert crossed.target.program == "demo:cmd/shim-tool-v2", "a program that only links the stubs in serves nothing"
    notes = [sentence(e.message) for e in crossed.edge.evidence]
    assert notes[0] == "the stub sends the full method /demo.v1.Task/Create over ttrpc"
    assert "an interceptor of the server may stand between, given to WithUnaryServerInterceptor: counted" in notes
    assert [sentence(e.message) for e in started.edge.evidence] == [
        "the name of the program that is started here is tool",
        "the file name of demo:cmd/tool is tool",
    ]


def test_streams_and_the_older_registration(graph: CallGraph) -> None:
    assert rows(hops(graph, "task.client.Watch", "service.Watch"))[0] == (
        "rpc",
        "task.Register$2",
        "/demo.v1.Task/Watch",
    )
    assert rows(hops(graph, "task.Old", "shim-tool-v2.service.Create"))[0] == (
        "rpc",
        "task.RegisterOld$1",
        "/demo.v0.Task/Create",
    )


def test_a_program_by_the_pattern_of_its_name(graph: CallGraph) -> None:
    found = hops(graph, "daemon.start", "shim-tool-v2.main")
    assert rows(found) == [("exec", "shim-tool-v2.main", "exec shim-tool-v2")]
    assert sentence(found[0].edge.evidence[0].message) == "the name of the program that is started here is shim-*-*"


def test_what_is_not_known_starts_nothing(graph: CallGraph) -> None:
    daemon = graph.analyses[0]
    _, func = api.lookup([daemon], "daemon.other")
    steps = graph.steps(graph.node(daemon, func))
    assert {step.edge.kind.value for step in steps} == {"call"}


AGAIN = """package main

import (
	"os"
	"os/exec"
	"path/filepath"
)

func init() {
	if len(os.Args) > 1 && os.Args[1] == "inner" {
		inner()
	}
}

func inner() {}

type box struct{ sealed bool }

func (b box) enter() error {
	path := "/proc/self/exe"
	if b.sealed {
		path = "/proc/self/fd/" + os.Getenv("FD")
	}
	return exec.Command(path, "inner").Run()
}

func anew() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	resolved, err := filepath.EvalSymlinks(self)
	if err != nil {
		return err
	}
	return exec.Command(resolved).Run()
}

func read() error {
	self, _ := os.Readlink("/proc/self/exe")
	return exec.Command(self).Run()
}

func link() error {
	other, _ := os.Readlink("/usr/bin/again")
	return exec.Command(other).Run()
}

func beside() error {
	self, _ := os.Executable()
	return exec.Command(filepath.Join(filepath.Dir(self), "tool")).Run()
}

func main() {
	_, _, _, _, _ = box{}.enter(), anew(), read(), link(), beside()
}
"""


def test_a_program_that_starts_itself(tmp_path: Path) -> None:
    # The other program has the same file name, and is another program.
    twin = "package main\n\nfunc main() {}\n"
    tool = FILES["cmd/tool/main.go"]
    files = {"go.mod": FILES["go.mod"], "cmd/again/main.go": AGAIN, "old/again/main.go": twin, "cmd/tool/main.go": tool}
    repository(tmp_path, files)
    programs = ("cmd/again", "old/again", "cmd/tool")
    graph = CallGraph([analysis(tmp_path, program, name="demo") for program in programs])
    begins = {("exec", "again.main", "demo:cmd/again"), ("exec", "again.init#1", "demo:cmd/again")}

    def started(name: str) -> set[tuple[str, str, str]]:
        steps = graph.steps(graph.node(*api.lookup(graph.analyses, f"cmd/again.{name}")))
        found = [(s.edge.kind.value, graph.symbol(s.target).short, s.target.program) for s in steps]
        return {row for row in found if row[0] == "exec"}

    assert started("box.enter") == started("anew") == started("read") == begins
    assert started("link") == set(), "a link may lead to a program of any name"
    assert started("beside") == {("exec", "tool.main", "demo:cmd/tool")}
    found = hops(graph, "cmd/again.box.enter", "again.inner")
    assert rows(found) == [("exec", "again.init#1", "exec again"), ("call", "again.inner", "")]
    notes = [sentence(e.message) for e in found[0].edge.evidence]
    assert notes == ["the program starts itself here", "demo:cmd/again is the same program"]


def told(folder: Path, *declarations: str) -> frozenset[str]:
    """The texts of the argument of ``take(…)`` in ``main``."""
    source = "\n\n".join(("package main", 'import "path/filepath"', *declarations, "func take(string) {}"))
    repository(folder, {"go.mod": "module main\n\ngo 1.24\n", "main.go": source + "\n\nvar _ = filepath.Join\n"})
    program = analysis(folder)
    _, func = api.lookup([program], "main.main")
    (site,) = [s for s in program.unit_of(func).sites if s.func is not None and s.func.name == "take"]
    (argument,) = site.args
    assert argument is not None
    return texts(program, argument)


def test_texts_of_a_cycle_end(tmp_path: Path) -> None:
    assert told(tmp_path, "func f(s string) string { return f(s + s) }", 'func main() { take(f("a")) }') == frozenset()


def test_texts_that_grow_are_not_known(tmp_path: Path) -> None:
    loop = 'func main() { s := "a"; for { s = s + "b" }; take(s) }'
    assert told(tmp_path, loop) == {"*"}


def test_a_path_that_grows_keeps_its_name(tmp_path: Path) -> None:
    loop = 'func main() { s := "tool"; for { s = filepath.Join("up", s) }; take(s) }'
    assert told(tmp_path, loop) == {"tool", "*/tool"}


def test_empty_texts(tmp_path: Path) -> None:
    assert told(tmp_path / "a", 'func main() { s := ""; take(s + "b" + s) }') == {"b"}
    assert told(tmp_path / "b", 'func main() { take(filepath.Join("a", "")) }') == {"*"}
    assert told(tmp_path / "c", "func f() string { return f() }", 'func main() { take("a" + f()) }') == frozenset()


def test_what_is_far_does_not_hide_what_is_near(tmp_path: Path) -> None:
    deep = [f"func f{i}() string {{ return f{i + 1}() }}" for i in range(500)]
    main = 'func main() { s := f0(); if s == "" { s = filepath.Join("bin", name()) }; take(s) }'
    near = 'func name() string { return "tool" }'
    assert told(tmp_path, *deep, 'func f500() string { return "far" }', near, main) == {"*", "*/tool"}


def test_what_is_returned_as_an_absolute_path(tmp_path: Path) -> None:
    """A runtime's name comes back only as a path of its own; else a program's name is made of it."""
    guarded = 'func path(s string) string { if filepath.IsAbs(s) { return s }; return "shim-" + s }'
    main = 'func main() { s := path("tool"); if s == "" { s = path("/opt/other") }; take(s) }'
    # Nothing is joined to what is not found yet: there is no "shim-" alone.
    assert told(tmp_path / "a", guarded, main) == {"shim-tool", "shim-/opt/other", "/opt/other"}
    stored = guarded.replace("{ return s }", "{ s = filepath.Base(s); return s }")
    assert "tool" in told(tmp_path / "b", stored, main)
    other = guarded.replace("if filepath", "if !filepath")
    assert "tool" in told(tmp_path / "c", other, main)


def test_every_wire(tmp_path: Path) -> None:
    sha = repository(tmp_path / "demo", FILES)
    programs = ", ".join(f'"{program}"' for program in PROGRAMS)
    investigation = tmp_path / "demo.toml"
    investigation.write_text(
        f'title = "wires"\n\n[repositories.demo]\nurl = "https://github.com/example/demo"\n'
        f'commit = "{sha}"\nprograms = [{programs}]\n',
        encoding="utf-8",
    )
    options = api.Options({"demo": str(tmp_path / "demo")}, True, None)
    with api.Session(load(str(investigation)), options) as session:
        rows = api.wires(session, "demo")
    found = {row.method: row for row in rows}
    assert sorted(found) == ["/demo.v0.Task/Create", "/demo.v1.Task/Create", "/demo.v1.Task/Watch"]
    create = found["/demo.v1.Task/Create"]
    assert create.whole
    assert {end.symbol for end in create.stubs} == {"(*example.org/task.client).Create"}
    served = {(end.program, end.implementation) for end in create.servers}
    assert ("demo:cmd/shim-tool-v2", "(*example.org/demo/cmd/shim-tool-v2.service).Create") in served
    # The daemon links the stubs in and registers nothing.
    assert ("demo:cmd/daemon", "") in served
