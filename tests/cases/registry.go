// Values that go through a registry: a slice of registrations, a function field, a map, a type assertion.
package main

type Controller interface{ Start() }

type Registration struct {
	ID   string
	Init func(*Context) (any, error)
}

type Context struct{ plugins []*Plugin }

type Plugin struct{ instance any }

var registered []*Registration

func Register(r *Registration) { registered = append(registered, r) }

func (r *Registration) run(c *Context) *Plugin {
	p, _ := r.Init(c)
	return &Plugin{instance: p}
}

type sandbox struct{}

func (*sandbox) Start() {}

type other struct{}

func init() {
	Register(&Registration{ID: "sandbox", Init: func(*Context) (any, error) { return &sandbox{}, nil }})
	Register(&Registration{ID: "other", Init: initOther})
}

func initOther(*Context) (any, error) { return other{}, nil }

func controllers(c *Context) map[string]Controller {
	out := make(map[string]Controller)
	for _, p := range c.plugins {
		if v, ok := p.instance.(Controller); ok {
			out["x"] = v
		}
	}
	return out
}

func main() {
	c := &Context{}
	for _, r := range registered {
		c.plugins = append(c.plugins, r.run(c))
	}
	controllers(c)["x"].Start()
}

/*
WANT:
(*main.Registration).run value main.init#1$1
(*main.Registration).run value main.initOther
main.init#1 static main.Register
main.main interface (*main.sandbox).Start
main.main static (*main.Registration).run
main.main static main.controllers
*/
