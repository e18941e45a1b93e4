// Only what runs counts: what code that nothing reaches makes, passes, stores or returns is no source.
package main

import "sort"

type Service interface{ Create() }

type remote struct{}

func (*remote) Create() {}

type local struct{}

func (*local) Create() {}

type Option func(*Client)

type Client struct {
	service Service
	hooks   []func()
}

func WithService(s Service) Option { return func(c *Client) { c.service = s } }

// Nothing names these.
func InMemory() Option { return WithService(&local{}) }

func again() Option { return InMemory() }

func first() Option { return second() }

func second() Option {
	first()
	return func(c *Client) { c.service = &local{} }
}

var unusedOption = func(c *Client) { c.service = &local{} }

var options = map[string]func() Option{"memory": func() Option { return WithService(&local{}) }}

// A method that nothing calls; one of a type that nothing makes.
func (c *Client) UseMemory() { c.service = &local{} }

func (c *Client) useMemory() { c.service = &local{} }

type builder struct{}

func (builder) build(c *Client) { c.service = &local{} }

func unusedBuild(b *builder, c *Client) { b.build(c) }

// These run: by a variable's initialiser, by a table, by the library.
var registered = register(hooked)

var hooks []func()

func register(f func()) bool {
	hooks = append(hooks, f)
	return true
}

func hooked() {}

var table = []func(){tabled}

func tabled() {}

type byName []string

func (b byName) Len() int { return len(b) }

func (b byName) Less(i, j int) bool {
	less = compare
	return b[i] < b[j]
}

func (b byName) Swap(i, j int) {}

var less func()

func compare() {}

func New(opts ...Option) *Client {
	c := &Client{}
	for _, o := range opts {
		o(c)
	}
	return c
}

func main() {
	c := New(WithService(&remote{}))
	c.service.Create()
	for _, h := range append(hooks, table...) {
		h()
	}
	sort.Sort(byName{})
	less()
}

/*
WANT:
main.InMemory static main.WithService
main.New value main.WithService$1
main.again static main.InMemory
main.first static main.second
main.init static main.register
main.init$2 static main.WithService
main.main interface (*main.remote).Create
main.main static main.New
main.main static main.WithService
main.main static sort.Sort
main.main value main.compare
main.main value main.hooked
main.main value main.tabled
main.second static main.first
main.unusedBuild static (main.builder).build
*/
