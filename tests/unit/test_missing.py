"""Without the modules that a program imports: what is known all the same, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import World
from support import analysis, repository
from test_grpc import FILES, GENERATIONS, METHODS, hops, rows

from tracer.codes import Detail, Lack, Message
from tracer.golang.load.missing import missing_modules
from tracer.golang.summary.nodes import Composite
from tracer.golang.types import Func
from tracer.graph import CallGraph
from tracer.model import MissingModule
from tracer.store import Store
from tracer.wire.grpc import grpc
from tracer.wire.ttrpc import ttrpc

GRPC = "google.golang.org/grpc"
WITHOUT = {path: text for path, text in FILES.items() if GRPC not in path}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("without")
    repository(folder, WITHOUT)
    return CallGraph([analysis(folder, program, name="demo") for program in ("cmd/client", "cmd/server")])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_grpc_is_proven_by_its_import_path(graph: CallGraph, generation: str, method: str) -> None:
    served = GENERATIONS[generation]
    assert rows(hops(graph, f"client.use{generation.title()}", f"server.{served}.{method}")) == [
        ("flow", f"(*{generation}.feedClient).{method}", ""),
        ("full method", f"{generation}._Feed_{method}_Handler", f"/demo.{generation}.Feed/{method}"),
        ("registration", f"(*server.{served}).{method}", ""),
    ]


OTHER = """package main

import (
	"context"

	"example.org/bus"
	"google.golang.org/grpc"
)

type stub struct {
	bus  bus.Conn
	grpc *grpc.ClientConn
}

type row struct{ bus.Entry }

const Name = "taken"

var (
	_ = bus.Entry{Name: "not a field for certain"}
	_ = []*bus.Entry{{Undeclared: "a field"}}
)

func (s stub) ask(ctx context.Context) {
	s.bus.Invoke(ctx, "/demo.Bus/Ask", nil, nil)
	s.grpc.Invoke(ctx, "/demo.Box/Open", nil, nil)
	grpc.Invoke(ctx, "/demo.Box/Close", nil, nil, s.grpc)
	row{}.Invoke(ctx, "/demo.Row/Ask", nil, nil)
}

func main() { stub{}.ask(context.Background()) }
"""


def test_another_packages_connection_is_none_of_grpcs(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n", "main.go": OTHER})
    wire = grpc(analysis(tmp_path))
    sent = sorted(stub.method for site in wire.sites() for stub in wire.calls(site))
    assert sent == ["/demo.Box/Close", "/demo.Box/Open"]


def test_keys_that_name_something_are_no_names_of_fields(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n", "main.go": OTHER})
    program = analysis(tmp_path, whole=True)
    units = [
        program.unit(file.unit(d))
        for p in program.packages_under(["..."])
        for file in p.files
        for d in file.facts.declarations
        if d.kind == "var"
    ]
    labels = [e.labels for unit in units for e in unit.expressions if isinstance(e, Composite)]
    assert ("Undeclared",) in labels
    assert ("Name",) not in labels


TTRPC = """package main

import (
	"context"

	"github.com/containerd/ttrpc"
)

type client struct{ c *ttrpc.Client }

func (x *client) Start(ctx context.Context) error { return x.c.Call(ctx, "demo.Task", "Start", nil, nil) }

type Task interface{ Start(context.Context) error }

type task struct{}

func (task) Start(context.Context) error { return nil }

func Register(srv *ttrpc.Server, svc Task) {
	srv.RegisterService("demo.Task", &ttrpc.ServiceDesc{
		Methods: map[string]ttrpc.Method{
			"Start": func(ctx context.Context, unmarshal func(any) error) (any, error) { return nil, svc.Start(ctx) },
		},
	})
}

func main() {
	Register(nil, task{})
	(&client{}).Start(context.Background())
}
"""


def test_ttrpc_is_proven_by_its_import_path(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n", "main.go": TTRPC})
    program = analysis(tmp_path)
    wire = ttrpc(program)
    assert [stub.method for site in wire.sites() for stub in wire.calls(site)] == ["/demo.Task/Start"]
    (handler,) = wire.handlers("/demo.Task/Start")
    assert [x.owner.full_name for x in wire.implementations(handler)] == ["(m.task).Start"]


def test_what_is_missing_is_told_by_module(tmp_path: Path) -> None:
    files = {
        "go.mod": "module m\n\nrequire (\n\tx.org/a v1.0.0\n\tx.org/a/b v0.2.0\n\tx.org/here v1.0.0\n)\nreplace x.org/here => ./here\n",
        "main.go": 'package main\n\nimport (\n\t_ "C"\n\t_ "m/gen"\n\t_ "x.org/a/b/c"\n\t_ "x.org/a/d"\n\t_ "x.org/here/gone"\n\t_ "y.org/e"\n)\n\nfunc main() {}\n',
        "other.go": 'package main\n\nimport _ "x.org/a/d"\nimport _ "x.org/a"\n',
        "here/go.mod": "module x.org/here\n",
    }
    repository(tmp_path, {**files, "main.go": files["main.go"].replace('\t_ "C"\n', "")})
    found = missing_modules(analysis(tmp_path).program)
    assert found == [
        MissingModule("case", "x.org/a", "v1.0.0", ("x.org/a", "x.org/a/d"), 3, Message(Lack.NOT_HERE)),
        MissingModule("case", "m", "", ("m/gen",), 1, Message(Lack.NOT_IN_TREE)),
        MissingModule("case", "x.org/a/b", "v0.2.0", ("x.org/a/b/c",), 1, Message(Lack.NOT_HERE)),
        MissingModule("case", "x.org/here", "v1.0.0", ("x.org/here/gone",), 1, Message(Lack.NOT_IN_TREE)),
        MissingModule("case", "y.org/e", "", ("y.org/e",), 1, Message(Lack.NOT_REQUIRED)),
    ]


INVESTIGATION = """title = "demo"
[repositories.demo]
url = "https://example.org/demo"
commit = "{commit}"
programs = ["cmd/client", "cmd/server"]
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    files = {**WITHOUT, "go.mod": f"module example.org/demo\n\ngo 1.24\n\nrequire {GRPC} v1.2.3\n"}
    made = repository(tmp_path / "demo", files)
    (tmp_path / "demo.toml").write_text(INVESTIGATION.format(commit=made), encoding="utf-8")
    return World(tmp_path, tmp_path / "demo.toml", ("demo",))


def test_the_last_lines_tell_what_is_missing(world: World) -> None:
    """Where the answer was kept as well."""
    for question in (("callees", "useFirst"), ("wires",), ("follow", "useFirst")):
        for _ in range(2):
            done = world.run(*question, "--repo", "demo")
            assert f"not among the sources: {GRPC} v1.2.3" in done.stdout, question
    done = world.run("wires", "--repo", "demo", "--json")
    assert GRPC not in done.stdout
    assert f"not among the sources: {GRPC}" in done.stderr


def test_wires_that_cannot_see(tmp_path: Path) -> None:
    main = 'package main\n\nimport "x.org/all"\n\nfunc main() { all.Serve() }\n'
    made = repository(tmp_path / "demo", {"go.mod": "module m\n\nrequire x.org/all v1.0.0\n", "main.go": main})
    text = INVESTIGATION.format(commit=made).replace('["cmd/client", "cmd/server"]', '["."]')
    (tmp_path / "demo.toml").write_text(text, encoding="utf-8")
    done = World(tmp_path, tmp_path / "demo.toml", ("demo",)).run("wires", expect=1)
    assert "x.org/all v1.0.0" in done.stdout


def test_a_missing_type_keeps_its_name_where_summaries_are_kept(tmp_path: Path) -> None:
    repository(tmp_path / "m", {"go.mod": "module m\n", "main.go": OTHER})
    store = Store(tmp_path / "facts.sqlite")
    told: list[list[object]] = []
    for _ in range(2):
        program = analysis(tmp_path / "m")
        program.keep_in(store, "1")
        (ask,) = program.find("stub.ask")
        assert isinstance(ask, Func)
        told.append([(site.name, site.detail) for site in program.sites_within(ask)])
        program.save()
    assert told[0] == told[1]
    assert (("Invoke", Message(Detail.MISSING_TYPE, ("Invoke", "example.org/bus.Conn")))) in told[0]
