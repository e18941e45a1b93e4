"""gRPC as three generations of generators write it: every form of method, from the client's call to the implementation."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, git, repository

from tracer import api, trace
from tracer.codes import Rule
from tracer.graph import CallGraph
from tracer.investigation.reader import load
from tracer.model import Hop
from tracer.sentences import sentence

GRPC = """package grpc

import "context"

type CallOption interface{ before() }
type DialOption interface{}

type StreamDesc struct {
	StreamName    string
	Handler       func(srv any, stream ServerStream) error
	ServerStreams bool
	ClientStreams bool
}
type MethodDesc struct {
	MethodName string
	Handler    func(srv any, ctx context.Context, dec func(any) error, interceptor UnaryServerInterceptor) (any, error)
}
type ServiceDesc struct {
	ServiceName string
	HandlerType any
	Methods     []MethodDesc
	Streams     []StreamDesc
	Metadata    any
}
type UnaryServerInfo struct {
	Server     any
	FullMethod string
}
type UnaryHandler func(ctx context.Context, req any) (any, error)
type UnaryServerInterceptor func(ctx context.Context, req any, info *UnaryServerInfo, handler UnaryHandler) (any, error)

type ServiceRegistrar interface{ RegisterService(desc *ServiceDesc, impl any) }
type Server struct{}

func (s *Server) RegisterService(desc *ServiceDesc, impl any) {}

type ClientConnInterface interface {
	Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error
	NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error)
}
type ClientConn struct{}

func (cc *ClientConn) Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error {
	return nil
}
func (cc *ClientConn) NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error) {
	return &clientStream{}, nil
}

func Invoke(ctx context.Context, method string, args, reply any, cc *ClientConn, opts ...CallOption) error {
	return cc.Invoke(ctx, method, args, reply, opts...)
}
func NewClientStream(ctx context.Context, desc *StreamDesc, cc *ClientConn, method string, opts ...CallOption) (ClientStream, error) {
	return cc.NewStream(ctx, desc, method, opts...)
}

type ClientStream interface {
	CloseSend() error
	SendMsg(m any) error
	RecvMsg(m any) error
}
type ServerStream interface {
	SendMsg(m any) error
	RecvMsg(m any) error
}
type clientStream struct{}

func (*clientStream) CloseSend() error    { return nil }
func (*clientStream) SendMsg(m any) error { return nil }
func (*clientStream) RecvMsg(m any) error { return nil }

type ServerStreamingClient[Res any] interface {
	Recv() (*Res, error)
	ClientStream
}
type ServerStreamingServer[Res any] interface {
	Send(*Res) error
	ServerStream
}
type ClientStreamingClient[Req any, Res any] interface {
	Send(*Req) error
	CloseAndRecv() (*Res, error)
	ClientStream
}
type ClientStreamingServer[Req any, Res any] interface {
	Recv() (*Req, error)
	SendAndClose(*Res) error
	ServerStream
}
type BidiStreamingClient[Req any, Res any] interface {
	Send(*Req) error
	Recv() (*Res, error)
	ClientStream
}
type BidiStreamingServer[Req any, Res any] interface {
	Recv() (*Req, error)
	Send(*Res) error
	ServerStream
}
type GenericClientStream[Req any, Res any] struct{ ClientStream }

func (x *GenericClientStream[Req, Res]) Send(m *Req) error { return x.ClientStream.SendMsg(m) }
func (x *GenericClientStream[Req, Res]) Recv() (*Res, error) {
	m := new(Res)
	return m, x.ClientStream.RecvMsg(m)
}
func (x *GenericClientStream[Req, Res]) CloseAndRecv() (*Res, error) {
	m := new(Res)
	return m, x.ClientStream.RecvMsg(m)
}

type GenericServerStream[Req any, Res any] struct{ ServerStream }

func (x *GenericServerStream[Req, Res]) Send(m *Res) error         { return x.ServerStream.SendMsg(m) }
func (x *GenericServerStream[Req, Res]) SendAndClose(m *Res) error { return x.ServerStream.SendMsg(m) }
func (x *GenericServerStream[Req, Res]) Recv() (*Req, error) {
	m := new(Req)
	return m, x.ServerStream.RecvMsg(m)
}
"""

STATUS = """package status

import "google.golang.org/grpc/codes"

func Errorf(c codes.Code, format string, a ...any) error { return nil }
func Error(c codes.Code, msg string) error               { return nil }
"""

CODES = """package codes

type Code uint32

const (
	OK            Code = 0
	NotFound      Code = 5
	Unimplemented Code = 12
)
"""

OWN_STREAMS = """
type Feed_DownClient interface {
	Recv() (*Item, error)
	grpc.ClientStream
}
type feedDownClient struct{ grpc.ClientStream }

func (x *feedDownClient) Recv() (*Item, error) {
	m := new(Item)
	return m, x.ClientStream.RecvMsg(m)
}

type Feed_UpClient interface {
	Send(*Item) error
	CloseAndRecv() (*Item, error)
	grpc.ClientStream
}
type feedUpClient struct{ grpc.ClientStream }

func (x *feedUpClient) Send(m *Item) error           { return x.ClientStream.SendMsg(m) }
func (x *feedUpClient) CloseAndRecv() (*Item, error) { return nil, x.ClientStream.CloseSend() }

type Feed_BothClient interface {
	Send(*Item) error
	Recv() (*Item, error)
	grpc.ClientStream
}
type feedBothClient struct{ grpc.ClientStream }

func (x *feedBothClient) Send(m *Item) error   { return x.ClientStream.SendMsg(m) }
func (x *feedBothClient) Recv() (*Item, error) { return nil, x.ClientStream.RecvMsg(nil) }

type Feed_DownServer interface {
	Send(*Item) error
	grpc.ServerStream
}
type feedDownServer struct{ grpc.ServerStream }

func (x *feedDownServer) Send(m *Item) error { return x.ServerStream.SendMsg(m) }

type Feed_UpServer interface {
	SendAndClose(*Item) error
	Recv() (*Item, error)
	grpc.ServerStream
}
type feedUpServer struct{ grpc.ServerStream }

func (x *feedUpServer) SendAndClose(m *Item) error { return x.ServerStream.SendMsg(m) }
func (x *feedUpServer) Recv() (*Item, error)       { return nil, x.ServerStream.RecvMsg(nil) }

type Feed_BothServer interface {
	Send(*Item) error
	Recv() (*Item, error)
	grpc.ServerStream
}
type feedBothServer struct{ grpc.ServerStream }

func (x *feedBothServer) Send(m *Item) error   { return x.ServerStream.SendMsg(m) }
func (x *feedBothServer) Recv() (*Item, error) { return nil, x.ServerStream.RecvMsg(nil) }

type FeedServer interface {
	Get(context.Context, *Item) (*Item, error)
	Down(*Item, Feed_DownServer) error
	Up(Feed_UpServer) error
	Both(Feed_BothServer) error
}

func _Feed_Down_Handler(srv interface{}, stream grpc.ServerStream) error {
	m := new(Item)
	if err := stream.RecvMsg(m); err != nil {
		return err
	}
	return srv.(FeedServer).Down(m, &feedDownServer{stream})
}
func _Feed_Up_Handler(srv interface{}, stream grpc.ServerStream) error {
	return srv.(FeedServer).Up(&feedUpServer{stream})
}
func _Feed_Both_Handler(srv interface{}, stream grpc.ServerStream) error {
	return srv.(FeedServer).Both(&feedBothServer{stream})
}
"""

UNARY = """
func _Feed_Get_Handler(srv interface{}, ctx context.Context, dec func(interface{}) error, interceptor grpc.UnaryServerInterceptor) (interface{}, error) {
	in := new(Item)
	if err := dec(in); err != nil {
		return nil, err
	}
	if interceptor == nil {
		return srv.(FeedServer).Get(ctx, in)
	}
	info := &grpc.UnaryServerInfo{Server: srv, FullMethod: "/demo.PACKAGE.Feed/Get"}
	handler := func(ctx context.Context, req interface{}) (interface{}, error) {
		return srv.(FeedServer).Get(ctx, req.(*Item))
	}
	return interceptor(ctx, in, info, handler)
}
"""

DESCRIPTION = """
var VARIABLE = grpc.ServiceDesc{
	ServiceName: "demo.PACKAGE.Feed",
	HandlerType: (*FeedServer)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Get", Handler: _Feed_Get_Handler}},
	Streams: []grpc.StreamDesc{
		{StreamName: "Down", Handler: _Feed_Down_Handler, ServerStreams: true},
		{StreamName: "Up", Handler: _Feed_Up_Handler, ClientStreams: true},
		{StreamName: "Both", Handler: _Feed_Both_Handler, ServerStreams: true, ClientStreams: true},
	},
}
"""

OLD_HEAD = """package PACKAGE

import (
	"context"

	"google.golang.org/grpc"
)

type Item struct{}

type FeedClient interface {
	Get(ctx context.Context, in *Item, opts ...grpc.CallOption) (*Item, error)
	Down(ctx context.Context, in *Item, opts ...grpc.CallOption) (Feed_DownClient, error)
	Up(ctx context.Context, opts ...grpc.CallOption) (Feed_UpClient, error)
	Both(ctx context.Context, opts ...grpc.CallOption) (Feed_BothClient, error)
}

type feedClient struct{ cc *grpc.ClientConn }

func NewFeedClient(cc *grpc.ClientConn) FeedClient { return &feedClient{cc} }
func RegisterFeedServer(s *grpc.Server, srv FeedServer) { s.RegisterService(&VARIABLE, srv) }
"""

# protoc-gen-go of 2016: the connection is an argument of package functions.
FIRST = (
    OLD_HEAD
    + """
func (c *feedClient) Get(ctx context.Context, in *Item, opts ...grpc.CallOption) (*Item, error) {
	out := new(Item)
	err := grpc.Invoke(ctx, "/demo.PACKAGE.Feed/Get", in, out, c.cc, opts...)
	return out, err
}
func (c *feedClient) Down(ctx context.Context, in *Item, opts ...grpc.CallOption) (Feed_DownClient, error) {
	stream, err := grpc.NewClientStream(ctx, &VARIABLE.Streams[0], c.cc, "/demo.PACKAGE.Feed/Down", opts...)
	if err != nil {
		return nil, err
	}
	x := &feedDownClient{stream}
	return x, x.ClientStream.SendMsg(in)
}
func (c *feedClient) Up(ctx context.Context, opts ...grpc.CallOption) (Feed_UpClient, error) {
	stream, err := grpc.NewClientStream(ctx, &VARIABLE.Streams[1], c.cc, "/demo.PACKAGE.Feed/Up", opts...)
	return &feedUpClient{stream}, err
}
func (c *feedClient) Both(ctx context.Context, opts ...grpc.CallOption) (Feed_BothClient, error) {
	stream, err := grpc.NewClientStream(ctx, &VARIABLE.Streams[2], c.cc, "/demo.PACKAGE.Feed/Both", opts...)
	return &feedBothClient{stream}, err
}
"""
    + OWN_STREAMS
    + UNARY
    + DESCRIPTION
)

# protoc-gen-go of 2018: methods of the connection.
SECOND = (
    OLD_HEAD
    + """
func (c *feedClient) Get(ctx context.Context, in *Item, opts ...grpc.CallOption) (*Item, error) {
	out := new(Item)
	err := c.cc.Invoke(ctx, "/demo.PACKAGE.Feed/Get", in, out, opts...)
	return out, err
}
func (c *feedClient) Down(ctx context.Context, in *Item, opts ...grpc.CallOption) (Feed_DownClient, error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[0], "/demo.PACKAGE.Feed/Down", opts...)
	if err != nil {
		return nil, err
	}
	x := &feedDownClient{stream}
	return x, x.ClientStream.SendMsg(in)
}
func (c *feedClient) Up(ctx context.Context, opts ...grpc.CallOption) (Feed_UpClient, error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[1], "/demo.PACKAGE.Feed/Up", opts...)
	return &feedUpClient{stream}, err
}
func (c *feedClient) Both(ctx context.Context, opts ...grpc.CallOption) (Feed_BothClient, error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[2], "/demo.PACKAGE.Feed/Both", opts...)
	return &feedBothClient{stream}, err
}
"""
    + OWN_STREAMS
    + UNARY
    + DESCRIPTION
)

# protoc-gen-go-grpc of 2024: constants for the methods, generic streams, a fallback to embed.
THIRD = (
    """package PACKAGE

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type Item struct{}

const (
	Feed_Get_FullMethodName  = "/demo.PACKAGE.Feed/Get"
	Feed_Down_FullMethodName = "/demo.PACKAGE.Feed/Down"
	Feed_Up_FullMethodName   = "/demo.PACKAGE.Feed/Up"
	Feed_Both_FullMethodName = "/demo.PACKAGE.Feed/Both"
)

type FeedClient interface {
	Get(ctx context.Context, in *Item, opts ...grpc.CallOption) (*Item, error)
	Down(ctx context.Context, in *Item, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Item], error)
	Up(ctx context.Context, opts ...grpc.CallOption) (grpc.ClientStreamingClient[Item, Item], error)
	Both(ctx context.Context, opts ...grpc.CallOption) (grpc.BidiStreamingClient[Item, Item], error)
}

type feedClient struct{ cc grpc.ClientConnInterface }

func NewFeedClient(cc grpc.ClientConnInterface) FeedClient { return &feedClient{cc} }

func (c *feedClient) Get(ctx context.Context, in *Item, opts ...grpc.CallOption) (*Item, error) {
	cOpts := append([]grpc.CallOption{}, opts...)
	out := new(Item)
	err := c.cc.Invoke(ctx, Feed_Get_FullMethodName, in, out, cOpts...)
	return out, err
}
func (c *feedClient) Down(ctx context.Context, in *Item, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Item], error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[0], Feed_Down_FullMethodName, opts...)
	if err != nil {
		return nil, err
	}
	x := &grpc.GenericClientStream[Item, Item]{ClientStream: stream}
	return x, x.ClientStream.SendMsg(in)
}

type Feed_DownClient = grpc.ServerStreamingClient[Item]

func (c *feedClient) Up(ctx context.Context, opts ...grpc.CallOption) (grpc.ClientStreamingClient[Item, Item], error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[1], Feed_Up_FullMethodName, opts...)
	if err != nil {
		return nil, err
	}
	x := &grpc.GenericClientStream[Item, Item]{ClientStream: stream}
	return x, nil
}
func (c *feedClient) Both(ctx context.Context, opts ...grpc.CallOption) (grpc.BidiStreamingClient[Item, Item], error) {
	stream, err := c.cc.NewStream(ctx, &VARIABLE.Streams[2], Feed_Both_FullMethodName, opts...)
	if err != nil {
		return nil, err
	}
	x := &grpc.GenericClientStream[Item, Item]{ClientStream: stream}
	return x, nil
}

type FeedServer interface {
	Get(context.Context, *Item) (*Item, error)
	Down(*Item, grpc.ServerStreamingServer[Item]) error
	Up(grpc.ClientStreamingServer[Item, Item]) error
	Both(grpc.BidiStreamingServer[Item, Item]) error
	mustEmbedUnimplementedFeedServer()
}

type UnimplementedFeedServer struct{}

func (UnimplementedFeedServer) Get(context.Context, *Item) (*Item, error) {
	return nil, status.Errorf(codes.Unimplemented, "method Get not implemented")
}
func (UnimplementedFeedServer) Down(*Item, grpc.ServerStreamingServer[Item]) error {
	return status.Errorf(codes.Unimplemented, "method Down not implemented")
}
func (UnimplementedFeedServer) Up(grpc.ClientStreamingServer[Item, Item]) error {
	return status.Error(codes.Unimplemented, "method Up not implemented")
}
func (UnimplementedFeedServer) Both(grpc.BidiStreamingServer[Item, Item]) error {
	return status.Error(codes.Unimplemented, "method Both not implemented")
}
func (UnimplementedFeedServer) mustEmbedUnimplementedFeedServer() {}
func (UnimplementedFeedServer) testEmbeddedByValue()              {}

func RegisterFeedServer(s grpc.ServiceRegistrar, srv FeedServer) {
	if t, ok := srv.(interface{ testEmbeddedByValue() }); ok {
		t.testEmbeddedByValue()
	}
	s.RegisterService(&VARIABLE, srv)
}

func _Feed_Down_Handler(srv interface{}, stream grpc.ServerStream) error {
	m := new(Item)
	if err := stream.RecvMsg(m); err != nil {
		return err
	}
	return srv.(FeedServer).Down(m, &grpc.GenericServerStream[Item, Item]{ServerStream: stream})
}
func _Feed_Up_Handler(srv interface{}, stream grpc.ServerStream) error {
	return srv.(FeedServer).Up(&grpc.GenericServerStream[Item, Item]{ServerStream: stream})
}
func _Feed_Both_Handler(srv interface{}, stream grpc.ServerStream) error {
	return srv.(FeedServer).Both(&grpc.GenericServerStream[Item, Item]{ServerStream: stream})
}
"""
    + UNARY
    + DESCRIPTION
)

CLIENT = """package main

import (
	"context"

	"example.org/first"
	"example.org/second"
	"example.org/third"
	"google.golang.org/grpc"
)

func hand(ctx context.Context, cc *grpc.ClientConn) error {
	return grpc.Invoke(ctx, "/demo.second.Feed/Get", nil, nil, cc)
}

// A connection of one's own making, as far as calls go.
type conn interface {
	Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error
}

func own(ctx context.Context, cc conn) error { return cc.Invoke(ctx, third.Feed_Get_FullMethodName, nil, nil) }

type bus struct{}

func (bus) Invoke(topic, method string) error { return nil }

// No call over gRPC, whatever it looks like.
func topic(b bus) error { return b.Invoke("x", "/demo.third.Feed/Get") }

func useFirst(ctx context.Context, c first.FeedClient) {
	_, _ = c.Get(ctx, nil)
	down, _ := c.Down(ctx, nil)
	_, _ = down.Recv()
	up, _ := c.Up(ctx)
	_ = up.Send(nil)
	_, _ = up.CloseAndRecv()
	both, _ := c.Both(ctx)
	_ = both.Send(nil)
	_, _ = both.Recv()
}

func useSecond(ctx context.Context, c second.FeedClient) {
	_, _ = c.Get(ctx, nil)
	down, _ := c.Down(ctx, nil)
	_, _ = down.Recv()
	up, _ := c.Up(ctx)
	_ = up.Send(nil)
	_, _ = up.CloseAndRecv()
	both, _ := c.Both(ctx)
	_ = both.Send(nil)
	_, _ = both.Recv()
}

func useThird(ctx context.Context, c third.FeedClient) {
	_, _ = c.Get(ctx, nil)
	down, _ := c.Down(ctx, nil)
	_, _ = down.Recv()
	up, _ := c.Up(ctx)
	_ = up.Send(nil)
	_, _ = up.CloseAndRecv()
	both, _ := c.Both(ctx)
	_ = both.Send(nil)
	_, _ = both.Recv()
}

func main() {
	ctx, cc := context.Background(), &grpc.ClientConn{}
	useFirst(ctx, first.NewFeedClient(cc))
	useSecond(ctx, second.NewFeedClient(cc))
	useThird(ctx, third.NewFeedClient(cc))
	_ = hand(ctx, cc)
	_ = own(ctx, cc)
	_ = topic(bus{})
}
"""

SERVER = """package main

import (
	"context"

	"example.org/first"
	"example.org/second"
	"example.org/third"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type one struct{}

func (*one) Get(ctx context.Context, in *first.Item) (*first.Item, error) { return nil, nil }
func (*one) Down(in *first.Item, stream first.Feed_DownServer) error     { return stream.Send(in) }
func (*one) Up(stream first.Feed_UpServer) error {
	_, _ = stream.Recv()
	return stream.SendAndClose(nil)
}
func (*one) Both(stream first.Feed_BothServer) error {
	_, _ = stream.Recv()
	return stream.Send(nil)
}

type two struct{}

func (*two) Get(ctx context.Context, in *second.Item) (*second.Item, error) { return nil, nil }
func (*two) Down(in *second.Item, stream second.Feed_DownServer) error     { return stream.Send(in) }
func (*two) Up(stream second.Feed_UpServer) error {
	_, _ = stream.Recv()
	return stream.SendAndClose(nil)
}
func (*two) Both(stream second.Feed_BothServer) error {
	_, _ = stream.Recv()
	return stream.Send(nil)
}

type three struct{ third.UnimplementedFeedServer }

func (*three) Get(ctx context.Context, in *third.Item) (*third.Item, error) { return nil, nil }
func (*three) Down(in *third.Item, stream grpc.ServerStreamingServer[third.Item]) error {
	return stream.Send(in)
}
func (*three) Up(stream grpc.ClientStreamingServer[third.Item, third.Item]) error {
	_, _ = stream.Recv()
	return stream.SendAndClose(nil)
}
func (*three) Both(stream grpc.BidiStreamingServer[third.Item, third.Item]) error {
	_, _ = stream.Recv()
	return stream.Send(nil)
}

func main() {
	server := &grpc.Server{}
	first.RegisterFeedServer(server, &one{})
	second.RegisterFeedServer(server, &two{})
	third.RegisterFeedServer(server, &three{})
}
"""

# A server that has some of the methods, behind a wrapper that has them all by embedding the interface.
HALF = """package main

import (
	"context"

	"example.org/third"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type later struct{ third.UnimplementedFeedServer }

func (later) Up(grpc.ClientStreamingServer[third.Item, third.Item]) error {
	return status.Error(codes.Unimplemented, "next year")
}
func (later) Both(grpc.BidiStreamingServer[third.Item, third.Item]) error {
	return status.Error(codes.NotFound, "gone")
}

type half struct{ later }

func (half) Get(context.Context, *third.Item) (*third.Item, error) {
	return nil, status.Errorf(codes.Unimplemented, "not in this edition")
}

type counted struct{ third.FeedServer }

func (c counted) Down(in *third.Item, stream grpc.ServerStreamingServer[third.Item]) error {
	return c.FeedServer.Down(in, stream)
}

func main() { third.RegisterFeedServer(&grpc.Server{}, counted{half{}}) }
"""


def generated(text: str, name: str, variable: str) -> str:
    return text.replace("PACKAGE", name).replace("VARIABLE", variable)


FILES = {
    "go.mod": "module example.org/demo\n\ngo 1.24\n",
    "vendor/google.golang.org/grpc/grpc.go": GRPC,
    "vendor/google.golang.org/grpc/status/status.go": STATUS,
    "vendor/google.golang.org/grpc/codes/codes.go": CODES,
    "vendor/example.org/first/feed.pb.go": generated(FIRST, "first", "_Feed_serviceDesc"),
    "vendor/example.org/second/feed.pb.go": generated(SECOND, "second", "_Feed_serviceDesc"),
    "vendor/example.org/third/feed_grpc.pb.go": generated(THIRD, "third", "Feed_ServiceDesc"),
    "cmd/client/main.go": CLIENT,
    "cmd/server/main.go": SERVER,
    "cmd/half/main.go": HALF,
}
METHODS = ("Get", "Down", "Up", "Both")
GENERATIONS = {"first": "one", "second": "two", "third": "three"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("grpc")
    repository(made, FILES)
    return made


@pytest.fixture(scope="module")
def graph(folder: Path) -> CallGraph:
    return CallGraph([analysis(folder, program, name="demo") for program in ("cmd/client", "cmd/server")])


def hops(graph: CallGraph, start: str, end: str) -> list[Hop]:
    first = graph.node(*api.lookup(graph.analyses, start))
    last = [graph.node(*found) for found in api.lookup_all(graph.analyses, end)]
    found = trace.between(graph, first, [last], lambda _name, _count: None)
    assert found.chains, [s.message for s in found.stops]
    return list(trace.hops(graph, found.chains[0]))


def rows(found: list[Hop]) -> list[tuple[str, str, str]]:
    return [(hop.edge.rule, hop.target.short, hop.edge.wire) for hop in found]


def callees(graph: CallGraph, name: str) -> list[tuple[str, str, str]]:
    node = graph.node(*api.lookup(graph.analyses, name))
    found = [(s.edge.kind.value, graph.symbol(s.target).short, s.edge.wire) for s in graph.steps(node)]
    assert not graph.unresolved.get(node), [u.text for u in graph.unresolved[node]]
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_from_the_caller_to_the_implementation(graph: CallGraph, generation: str, method: str) -> None:
    served = GENERATIONS[generation]
    assert rows(hops(graph, f"client.use{generation.title()}", f"server.{served}.{method}")) == [
        ("flow", f"(*{generation}.feedClient).{method}", ""),
        ("full method", f"{generation}._Feed_{method}_Handler", f"/demo.{generation}.Feed/{method}"),
        ("registration", f"(*server.{served}).{method}", ""),
    ]


@pytest.mark.parametrize(("generation", "served"), [("first", "one"), ("second", "two")])
def test_streams_of_the_older_kind(graph: CallGraph, generation: str, served: str) -> None:
    for method in ("Down", "Up", "Both"):
        used = {name for _, name, _ in callees(graph, f"server.{served}.{method}")}
        assert used <= {f"(*{generation}.feed{method}Server).{name}" for name in ("Send", "Recv", "SendAndClose")}
        assert used
    assert {name for _, name, _ in callees(graph, f"client.use{generation.title()}")} == {
        *(f"(*{generation}.feedClient).{method}" for method in METHODS),
        f"(*{generation}.feedDownClient).Recv",
        f"(*{generation}.feedUpClient).Send",
        f"(*{generation}.feedUpClient).CloseAndRecv",
        f"(*{generation}.feedBothClient).Send",
        f"(*{generation}.feedBothClient).Recv",
    }


def test_generic_streams(graph: CallGraph) -> None:
    assert [name for _, name, _ in callees(graph, "server.three.Down")] == ["(*grpc.GenericServerStream).Send"]
    assert [name for _, name, _ in callees(graph, "server.three.Up")] == [
        "(*grpc.GenericServerStream).Recv",
        "(*grpc.GenericServerStream).SendAndClose",
    ]
    assert {name for _, name, _ in callees(graph, "client.useThird")} == {
        *(f"(*third.feedClient).{method}" for method in METHODS),
        *(f"(*grpc.GenericClientStream).{name}" for name in ("Send", "Recv", "CloseAndRecv")),
    }


def test_a_target_that_several_programs_link(graph: CallGraph) -> None:
    assert rows(hops(graph, "server.three.Up", "grpc.GenericServerStream.SendAndClose")) == [
        ("flow", "(*grpc.GenericServerStream).SendAndClose", "")
    ]


def test_by_hand(graph: CallGraph) -> None:
    assert callees(graph, "client.hand") == [("rpc", "second._Feed_Get_Handler", "/demo.second.Feed/Get")]
    assert ("rpc", "third._Feed_Get_Handler", "/demo.third.Feed/Get") in callees(graph, "client.own")
    assert callees(graph, "client.topic") == [("call", "(client.bus).Invoke", "")]


# What a server has only so that it compiles


@pytest.fixture(scope="module")
def poor(folder: Path) -> CallGraph:
    return CallGraph([analysis(folder, program, name="demo") for program in ("cmd/client", "cmd/half")])


def dispatched(graph: CallGraph, name: str) -> list[tuple[str, str, list[str]]]:
    """The implementations that a function of the second program calls: by rule and name, with the last of the evidence."""
    (obj,) = graph.analyses[1].find(name)
    steps = graph.steps(graph.node(graph.analyses[1], obj))
    found = {
        (s.edge.rule, graph.symbol(s.target).short, *(sentence(e.message) for e in s.edge.evidence[-2:]))
        for s in steps
        if s.edge.kind.value == "interface" and "Stream" not in s.edge.callee
    }
    return [(rule, short, notes) for rule, short, *notes in sorted(found)]


def test_a_method_that_is_only_embedded_is_a_fallback(poor: CallGraph) -> None:
    answer = "it answers that the method is not implemented"
    ((rule, name, notes),) = dispatched(poor, "half.counted.Down")
    assert (rule, name) == ("fallback", "(third.UnimplementedFeedServer).Down")
    assert notes == ["example.org/demo/cmd/half.half gets Down from its embedded UnimplementedFeedServer", answer]
    ((rule, name, notes),) = dispatched(poor, "third._Feed_Up_Handler")
    assert (rule, name) == ("fallback", "(half.later).Up"), "what it does counts, not what it is called"
    assert notes == ["example.org/demo/cmd/half.half gets Up from its embedded later", answer]


def test_what_a_server_says_itself_is_no_fallback(poor: CallGraph) -> None:
    ((rule, name, _),) = dispatched(poor, "third._Feed_Get_Handler")
    assert (rule, name) == ("registration", "(half.half).Get")
    ((rule, name, _),) = dispatched(poor, "third._Feed_Both_Handler")
    assert (rule, name) == ("registration", "(half.later).Both")
    ((rule, name, _),) = dispatched(poor, "third._Feed_Down_Handler")
    assert (rule, name) == ("registration", "(half.counted).Down")


def test_wires_and_other_servers_tell_of_fallbacks(folder: Path, tmp_path: Path) -> None:
    asked = tmp_path / "demo.toml"
    asked.write_text(
        'title = "feeds"\n\n[repositories.demo]\nurl = "https://github.com/example/demo"\n'
        f'commit = "{git(folder, "rev-parse", "HEAD")}"\nprograms = ["cmd/client", "cmd/server", "cmd/half"]\n',
        encoding="utf-8",
    )
    with api.Session(load(str(asked)), api.Options({"demo": str(folder)}, True, tmp_path)) as session:
        rows = {row.method: row for row in api.wires(session)}
        found = api.follow(session, "client.useThird", "demo", to="server.three.Up", program=None)
        one = api.follow(session, "client.useThird", "demo", to="server.three.Up", program="cmd/client")
    assert sorted(rows) == sorted(f"/demo.{name}.Feed/{method}" for name in GENERATIONS for method in METHODS)
    assert all(row.whole for row in rows.values())
    ends = {(end.program, end.implementation, end.fallback) for end in rows["/demo.third.Feed/Up"].servers}
    assert ("demo:cmd/half", "(example.org/demo/cmd/half.later).Up", True) in ends
    assert ("demo:cmd/server", "(*example.org/demo/cmd/server.three).Up", False) in ends
    assert [sentence(n.message) for n in found.chains[0][1].notes] == [
        "also served by demo:cmd/half: (half.later).Up, which answers that it is not implemented"
    ]
    assert one.chains == found.chains, "who names the program of the entry means the entry"


OPTIONS = """package grpc

func WithUnaryInterceptor(i any) DialOption       { return nil }
func WithStreamInterceptor(i any) DialOption      { return nil }
func ChainUnaryInterceptor(i ...any) any          { return nil }
func ChainStreamInterceptor(i ...any) any         { return nil }
func StatsHandler(h any) any                      { return nil }
"""
GIVEN = """package main

import "google.golang.org/grpc"

func unary()  {}
func stream() {}

func StatsHandler(any) any { return nil }

func options() []any {
	return []any{GIVEN}
}
"""


def test_interceptors_of_the_side_and_the_form(tmp_path: Path) -> None:
    # A function of one's own by the name of one of gRPC's gives nothing to gRPC.
    dialled = "grpc.WithUnaryInterceptor(unary), grpc.WithStreamInterceptor(stream), StatsHandler(unary)"
    served = "grpc.ChainUnaryInterceptor(unary), grpc.ChainStreamInterceptor(stream), grpc.StatsHandler(nil)"
    made = FILES | {
        "vendor/google.golang.org/grpc/options.go": OPTIONS,
        "cmd/client/options.go": GIVEN.replace("GIVEN", dialled),
        # The server is a client of others as well.
        "cmd/server/options.go": GIVEN.replace("GIVEN", f"{served}, {dialled}"),
    }
    repository(tmp_path, made)
    both = CallGraph([analysis(tmp_path, program, name="demo") for program in ("cmd/client", "cmd/server")])

    def between(method: str) -> list[tuple[str, str]]:
        crossed = hops(both, "client.useThird", f"server.three.{method}")[1]
        facts = [e for e in crossed.edge.evidence if "may stand between" in sentence(e.message)]
        return [(e.position.path if e.position else "", sentence(e.message)) for e in facts]

    assert between("Get") == [
        (
            "cmd/client/options.go",
            "an interceptor of the client may stand between, given to WithUnaryInterceptor: unary",
        ),
        (
            "cmd/server/options.go",
            "an interceptor of the server may stand between, given to ChainUnaryInterceptor: unary",
        ),
        ("cmd/server/options.go", "an interceptor of the server may stand between, given to StatsHandler: nil"),
    ]
    assert [note.rpartition(" given to ")[2] for _, note in between("Both")] == [
        "WithStreamInterceptor: stream",
        "ChainStreamInterceptor: stream",
        "StatsHandler: nil",
    ]


def test_only_the_registered_value_is_called_by_registration(tmp_path: Path) -> None:
    """The handler's stream is none, though what is registered would do for one."""
    more = "\n".join(f"func (*three) {name}(m any) error {{ return nil }}\n" for name in ("SendMsg", "RecvMsg"))
    repository(tmp_path, FILES | {"cmd/server/main.go": FILES["cmd/server/main.go"] + "\n" + more})
    both = CallGraph([analysis(tmp_path, program, name="demo") for program in ("cmd/client", "cmd/server")])
    (handler,) = both.analyses[1].find("third._Feed_Down_Handler")
    steps = both.steps(both.node(both.analyses[1], handler))
    found = {(s.edge.rule, both.symbol(s.target).short) for s in steps if s.edge.kind.value == "interface"}
    assert (Rule.REGISTRATION, "(*server.three).Down") in found
    assert "(*server.three).RecvMsg" not in {short for _, short in found}
