"""Two made-up repositories with a wire between them, shaped like generated gRPC code."""

from __future__ import annotations

GRPC = """package grpc

import "context"

type CallOption interface{ before() }

type ClientConnInterface interface {
	Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error
}

type ClientConn struct{}

func (cc *ClientConn) Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error {
	return nil
}

type MethodDesc struct {
	MethodName string
	Handler    func(srv any, ctx context.Context) (any, error)
}

type ServiceDesc struct {
	ServiceName string
	HandlerType any
	Methods     []MethodDesc
}

type ServiceRegistrar interface{ RegisterService(desc *ServiceDesc, impl any) }

type Server struct{}

func (s *Server) RegisterService(desc *ServiceDesc, impl any) {}
"""

API = """package api

import (
	"context"

	"google.golang.org/grpc"
)

const Box_Open_FullMethodName = "/demo.v1.Box/Open"

type BoxClient interface{ Open(ctx context.Context) error }

type boxClient struct{ cc grpc.ClientConnInterface }

func NewBoxClient(cc grpc.ClientConnInterface) BoxClient { return &boxClient{cc} }

func (c *boxClient) Open(ctx context.Context) error {
	return c.cc.Invoke(ctx, Box_Open_FullMethodName, nil, nil)
}

type BoxServer interface{ Open(ctx context.Context) error }

type UnimplementedBoxServer struct{}

func (UnimplementedBoxServer) Open(ctx context.Context) error { return nil }

func RegisterBoxServer(s grpc.ServiceRegistrar, srv BoxServer) { s.RegisterService(&Box_ServiceDesc, srv) }

func _Box_Open_Handler(srv any, ctx context.Context) (any, error) {
	return nil, srv.(BoxServer).Open(ctx)
}

var Box_ServiceDesc = grpc.ServiceDesc{
	ServiceName: "demo.v1.Box",
	HandlerType: (*BoxServer)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Open", Handler: _Box_Open_Handler}},
}
"""

CLIENT = """package main

import (
	"context"

	"example.org/api"
	"google.golang.org/grpc"
)

type Opener interface{ Open(ctx context.Context) error }

type counted struct{ inner Opener }

func (c counted) Open(ctx context.Context) error { return c.inner.Open(ctx) }

type fakeOpener struct{}

func (*fakeOpener) Open(ctx context.Context) error { return nil }

type agent struct{ opener Opener }

func newAgent(opener Opener) *agent {
	opener = counted{inner: opener}
	return &agent{opener: opener}
}

// Sync is where it begins.
func (a *agent) Sync(ctx context.Context) error { return a.prepare(ctx) }

func (a *agent) prepare(ctx context.Context) error { return a.opener.Open(ctx) }

func main() {
	_ = newAgent(api.NewBoxClient(&grpc.ClientConn{})).Sync(context.Background())
}
"""

SERVER = """package main

import (
	"context"

	"example.org/api"
	"google.golang.org/grpc"
)

// DefaultLabel is "what" <it> & all comes to.
const DefaultLabel = "label:" + version

const version = "3.9"

type service struct {
	api.UnimplementedBoxServer
	labels map[string]string
}

func (s *service) Open(ctx context.Context) error {
	_ = s.label()
	return nil
}

func (s *service) label() string {
	if pinned := s.labels["box"]; pinned != "" {
		return pinned
	}
	return DefaultLabel
}

type guarded struct{ in api.BoxServer }

func (g *guarded) Open(ctx context.Context) error { return g.in.Open(ctx) }

func guard(s api.BoxServer) api.BoxServer { return &guarded{in: s} }

func main() {
	api.RegisterBoxServer(&grpc.Server{}, guard(&service{labels: map[string]string{"box": DefaultLabel}}))
}
"""

TEST = """package main

import "context"

type testOpener struct{}

func (testOpener) Open(ctx context.Context) error { return nil }
"""

_SHARED = {
    "vendor/google.golang.org/grpc/grpc.go": GRPC,
    "vendor/example.org/api/api.go": API,
}
CLIENT_FILES = _SHARED | {
    "go.mod": "module example.org/client\n\ngo 1.24\n",
    "cmd/agent/main.go": CLIENT,
    "cmd/agent/main_test.go": TEST,
}
SERVER_FILES = _SHARED | {"go.mod": "module example.org/server\n\ngo 1.24\n", "cmd/box/main.go": SERVER}

INVESTIGATION = """
title = "What does Sync come to?"

[repositories.client]
url = "https://github.com/example/client"
commit = "{client}"
programs = ["cmd/agent"]

[repositories.server]
url = "https://github.com/example/server"
commit = "{server}"
programs = ["cmd/box"]

[[chains]]
name = "label"
repository = "client"
entry = "(*example.org/client/cmd/agent.agent).Sync"
target = "example.org/server/cmd/box.DefaultLabel"

[[questions]]
question = "Where does the label come from?"
answer = "From <b>DefaultLabel</b>, unless one is pinned."
"""
