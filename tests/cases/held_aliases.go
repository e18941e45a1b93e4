// What is stored in a container that came out of an interface is found under its other names, and under no other container's.
package main

import (
	"context"
	"sync"
)

type doer interface{ do() }

type (
	a struct{}
	b struct{}
	c struct{}
	d struct{}
	e struct{}
	f struct{}
	g struct{}
	h struct{}
	i struct{}
	j struct{}
	k struct{}
)

func (a) do() {}
func (b) do() {}
func (c) do() {}
func (d) do() {}
func (e) do() {}
func (f) do() {}
func (g) do() {}
func (h) do() {}
func (i) do() {}
func (j) do() {}
func (k) do() {}

func putA() {}
func putB() {}

func put(v any) {
	v.(map[string]func())["x"] = putA
}

func asserted() {
	hooks := map[string]func(){}
	put(hooks)
	hooks["x"]()
}

func unasserted() {
	other := map[string]func(){}
	other["x"] = putB
	other["x"]()
}

// A list in a pointer, by a type switch.
func grow(v any) {
	switch list := v.(type) {
	case *[]doer:
		*list = append(*list, a{})
	case map[string]doer:
		list["x"] = b{}
	}
}

func switched() {
	var list []doer
	grow(&list)
	list[0].do()
	table := make(map[string]doer)
	grow(table)
	table["x"].do()
}

type key struct{}

// A context's value.
func register(ctx context.Context) {
	if hooks, ok := ctx.Value(key{}).(map[string]doer); ok {
		hooks["x"] = c{}
	}
}

func carried() {
	hooks := map[string]doer{}
	ctx := context.WithValue(context.Background(), key{}, hooks)
	register(ctx)
	hooks["x"].do()
}

// One that only ever lies in an interface.
func alone() {
	var kept any = map[int]doer{}
	kept.(map[int]doer)[0] = d{}
	kept.(map[int]doer)[0].do()
}

// One in a library's container.
var known sync.Map

func remember() {
	list, _ := known.LoadOrStore("x", &[2]doer{})
	list.(*[2]doer)[0] = e{}
}

func recall() {
	list, _ := known.Load("x")
	list.(*[2]doer)[0].do()
}

// A field's, that goes on as one of several arguments.
type owner struct{ table map[doer]string }

func each(values ...any) {
	for _, v := range values {
		if table, ok := v.(map[doer]string); ok {
			table[f{}] = ""
		}
	}
}

func owned() {
	o := owner{map[doer]string{}}
	each(1, o.table)
	for key := range o.table {
		key.do()
	}
}

// A declared container by its name and by its method.
type registry map[string]doer

func (r registry) add(x doer) { r["x"] = x }

type adder interface{ add(x doer) }

func declared(v any) { v.(registry).add(g{}) }

func named() {
	r := registry{}
	declared(r)
	r["x"].do()
}

// A channel.
func send(v any) { v.(chan doer) <- h{} }

func sent() {
	c := make(chan doer, 1)
	send(c)
	(<-c).do()
}

// A generic function takes it out.
func as[T any](v any) T { return v.(T) }

func fill(v any) { as[[]doer](v)[0] = i{} }

func filled() {
	list := make([]doer, 1)
	fill(list)
	list[0].do()
}

// A pointer to a function and one to a value.
func replace(v any) {
	if p, ok := v.(*func(doer)); ok {
		*p = func(x doer) { x.do() }
	}
	if p, ok := v.(*doer); ok {
		*p = j{}
	}
}

func replaced() {
	var run func(doer)
	replace(&run)
	var x doer
	replace(&x)
	run(x)
}

// An alias of the type, and an interface with methods in between.
type table = map[bool]doer

type tabled interface{ get() any }

type held struct{ inner any }

func (x held) get() any { return x.inner }

func through(t tabled) {
	t.get().(table)[true] = k{}
}

func deep() {
	m := map[bool]doer{}
	through(held{m})
	m[true].do()
}

func main() {
	asserted()
	unasserted()
	switched()
	carried()
	alone()
	remember()
	recall()
	owned()
	named()
	sent()
	filled()
	replaced()
	deep()
}

/*
WANT:
main.alone interface (main.d).do
main.asserted static main.put
main.asserted value main.putA
main.carried interface (main.c).do
main.carried static context.Background
main.carried static context.WithValue
main.carried static main.register
main.declared static (main.registry).add
main.deep interface (main.k).do
main.deep static main.through
main.fill static main.as
main.filled interface (main.i).do
main.filled static main.fill
main.main static main.alone
main.main static main.asserted
main.main static main.carried
main.main static main.deep
main.main static main.filled
main.main static main.named
main.main static main.owned
main.main static main.recall
main.main static main.remember
main.main static main.replaced
main.main static main.sent
main.main static main.switched
main.main static main.unasserted
main.named interface (main.g).do
main.named static main.declared
main.owned interface (main.f).do
main.owned static main.each
main.recall interface (main.e).do
main.recall static (*sync.Map).Load
main.register interface (*context.valueCtx).Value
main.remember static (*sync.Map).LoadOrStore
main.replace$1 interface (main.j).do
main.replaced static main.replace
main.replaced value main.replace$1
main.sent interface (main.h).do
main.sent static main.send
main.switched interface (main.a).do
main.switched interface (main.b).do
main.switched static main.grow
main.through interface (main.held).get
main.unasserted value main.putB
*/
