// A struct that embeds an interface gets its methods from what is stored in the embedded field.
package main

type Server interface{ Serve() }

type unimplemented struct{}

func (unimplemented) Serve() {}

type service struct{ unimplemented }

func (*service) Serve() {}

type plugin struct{ Server }

type wrapper struct {
	unimplemented
	in Server
}

func (w *wrapper) Serve() { w.in.Serve() }

func main() {
	var s Server = &wrapper{in: &plugin{Server: &service{}}}
	s.Serve()
}

/*
WANT:
(*main.wrapper).Serve interface (*main.service).Serve
main.main interface (*main.wrapper).Serve
*/
