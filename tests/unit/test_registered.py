"""How a service is registered: by the generated function, on the spot, through a function of one's own, or in a way that is not followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository
from unit.test_grpc import GRPC

from tracer import frontier
from tracer.codes import Ending, Reason
from tracer.graph import CallGraph
from tracer.model import Symbol
from tracer.sentences import sentence

_API = """package api

import (
	"context"

	"google.golang.org/grpc"
)

type Request struct{}

type Client struct{ cc grpc.ClientConnInterface }

func NewClient(cc grpc.ClientConnInterface) *Client { return &Client{cc} }

func (c *Client) Greet(ctx context.Context, in *Request) error {
	return c.cc.Invoke(ctx, "/demo.Greeter/Greet", in, nil)
}

type Server interface {
	Greet(ctx context.Context, in *Request) (*Request, error)
}

func handler(srv any, ctx context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := new(Request)
	if err := dec(in); err != nil {
		return nil, err
	}
	return srv.(Server).Greet(ctx, in)
}

var Desc = grpc.ServiceDesc{
	ServiceName: "demo.Greeter",
	HandlerType: (*Server)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Greet", Handler: handler}},
}

func Register(s grpc.ServiceRegistrar, srv Server) { s.RegisterService(&Desc, srv) }
"""
_CLIENT = """package main

import (
	"context"

	"demo/api"
	"google.golang.org/grpc"
)

func main() { _ = api.NewClient(&grpc.ClientConn{}).Greet(context.Background(), &api.Request{}) }
"""
_SERVER = """package main

import (
	"context"

	"demo/api"
	"google.golang.org/grpc"
)

var _ = api.Desc
var _ grpc.Server

type good struct{}

func (*good) Greet(ctx context.Context, in *api.Request) (*api.Request, error) { return in, nil }

type other struct{}

func (*other) Greet(ctx context.Context, in *api.Request) (*api.Request, error) { return in, nil }

var also = grpc.ServiceDesc{ServiceName: "demo.Also"}

"""
_FOLLOWED = {
    "generated": "func main() { api.Register(&grpc.Server{}, &good{}) }",
    "on the spot": "func main() { (&grpc.Server{}).RegisterService(&api.Desc, &good{}) }",
    "a local": "func main() {\n\tvar srv any = &good{}\n\t(&grpc.Server{}).RegisterService(&api.Desc, srv)\n}",
    "handed on": """func add(s *grpc.Server, d *grpc.ServiceDesc, v any) { s.RegisterService(d, v) }

func main() {
	s := &grpc.Server{}
	add(s, &also, &other{})
	add(s, &api.Desc, &good{})
}""",
    "handed on twice": """type host struct{ s *grpc.Server }

func (h *host) add(v any, d *grpc.ServiceDesc) { h.put(d, v) }

func (h *host) put(d *grpc.ServiceDesc, v any) { h.s.RegisterService(d, v) }

func main() {
	h := &host{&grpc.Server{}}
	h.add(&other{}, &also)
	h.add(&good{}, &api.Desc)
}""",
}
_NOT_FOLLOWED = {
    "a list": """type row struct {
	desc *grpc.ServiceDesc
	impl any
}

func main() {
	s := &grpc.Server{}
	for _, r := range []row{{&api.Desc, &good{}}} {
		s.RegisterService(r.desc, r.impl)
	}
}""",
    "a variable": """var desc = &api.Desc

func main() { (&grpc.Server{}).RegisterService(desc, &good{}) }""",
    "a function value": """func main() {
	add := (&grpc.Server{}).RegisterService
	add(&api.Desc, &good{})
}""",
}
_NOT_REGISTERED = {
    "linked in alone": "func main() {}",
    "code that does not run": "func main() {}\n\nfunc unused() { (&grpc.Server{}).RegisterService(&api.Desc, &good{}) }",
    "its streams alone": "func main() { println(api.Desc.Streams, &api.Desc.Methods[0]) }",
}


def graph(folder: Path, server: str) -> CallGraph:
    files = {
        "go.mod": "module demo\n\ngo 1.24\n",
        "api/api.go": _API,
        "client/main.go": _CLIENT,
        "server/main.go": _SERVER + server + "\n",
        "vendor/google.golang.org/grpc/grpc.go": GRPC,
    }
    repository(folder, files)
    return CallGraph([analysis(folder, program, name="demo") for program in ("client", "server")])


def met(both: CallGraph) -> tuple[list[Symbol], list[Reason]]:
    """What the stub leads to, over the wire and on, and why it leads to nothing."""
    (stub,) = both.analyses[0].find("Client.Greet")
    node = both.node(both.analyses[0], stub)
    handlers = [step.target for step in both.steps(node) if step.edge.wire]
    served = [
        step.target for handler in handlers for step in both.steps(handler) if step.edge.kind.value == "interface"
    ]
    return [both.symbol(target) for target in served], [failure.reason for failure in both.unresolved.get(node, ())]


@pytest.mark.parametrize("server", _FOLLOWED.values(), ids=_FOLLOWED)
def test_what_is_registered_is_served(server: str, tmp_path: Path) -> None:
    served, failures = met(graph(tmp_path, server))
    assert [symbol.short for symbol in served] == ["(*server.good).Greet"]
    assert failures == []


@pytest.mark.parametrize("server", _NOT_FOLLOWED.values(), ids=_NOT_FOLLOWED)
def test_what_is_not_followed_is_not_said_to_be_absent(server: str, tmp_path: Path) -> None:
    assert met(graph(tmp_path, server)) == ([], [Reason.NO_REGISTRATION])


@pytest.mark.parametrize("server", _NOT_REGISTERED.values(), ids=_NOT_REGISTERED)
def test_what_is_not_registered_is_not_served(server: str, tmp_path: Path) -> None:
    assert met(graph(tmp_path, server)) == ([], [Reason.NO_SERVER])


def at_handler(both: CallGraph) -> list[tuple[Reason, str]]:
    """Why the handler's call of what is registered leads to nothing, and what of it is told."""
    (handler,) = both.analyses[1].find("api.handler")
    node = both.node(both.analyses[1], handler)
    both.steps(node)
    return [(f.reason, str(f.detail.arguments[0])) for f in both.unresolved[node] if "Greet(" in f.text]


@pytest.mark.parametrize("server", _NOT_REGISTERED.values(), ids=_NOT_REGISTERED)
def test_a_handler_of_nothing_is_not_undecided(server: str, tmp_path: Path) -> None:
    assert at_handler(graph(tmp_path, server)) == [(Reason.UNREGISTERED, "/demo.Greeter/Greet")]


def test_a_handler_of_what_is_not_followed_is_undecided(tmp_path: Path) -> None:
    server = _NOT_FOLLOWED["a variable"]
    assert at_handler(graph(tmp_path, server)) == [(Reason.NO_REGISTRATION, "demo/api.Server")]


_ASKING = """package main

import (
	"context"

	"google.golang.org/grpc"
)

type client struct{ cc grpc.ClientConnInterface }

func (c *client) get(ctx context.Context)  { c.cc.Invoke(ctx, "/demo.Store/Get", nil, nil) }
func (c *client) put(ctx context.Context)  { c.cc.Invoke(ctx, "/demo.Store/Put", nil, nil) }
func (c *client) drop(ctx context.Context) { c.cc.Invoke(ctx, "/demo.Store/Drop", nil, nil) }
func (c *client) show(ctx context.Context) { c.cc.Invoke(ctx, "/demo.Log/Show", nil, nil) }

func start() {
	c := &client{&grpc.ClientConn{}}
	c.get(context.Background())
	c.put(context.Background())
	c.drop(context.Background())
	c.show(context.Background())
}

func target() {}

func main() { start() }
"""


def test_the_methods_of_one_service_are_counted(tmp_path: Path) -> None:
    files = {
        "go.mod": "module demo\n\ngo 1.24\n",
        "main.go": _ASKING,
        "vendor/google.golang.org/grpc/grpc.go": GRPC,
    }
    repository(tmp_path, files)
    one = CallGraph([analysis(tmp_path, name="demo")])
    start, target = (one.node(one.analyses[0], one.analyses[0].find(name)[0]) for name in ("main.start", "main.target"))
    found = frontier.between(one, start, [[target]], lambda _name, _count: None)
    told = [sentence(stop.message) for stop in found.stops if stop.reason in (Ending.UNDECIDED, Ending.SEVERAL)]
    unserved = "none of the programs here serves this method"
    assert told == [
        f"3 calls: {unserved} (/demo.Store)",
        f'c.cc.Invoke(ctx, "/demo.Log/Show", nil, nil): {unserved} (/demo.Log/Show)',
    ]
