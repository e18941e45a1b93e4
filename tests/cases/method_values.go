// Method expressions and method values, of interfaces too; structs without a name; values that are stored under one name
// of a container and called under another.
package main

type actor interface{ act(f func()) }
type solid struct{}

func (solid) act(f func()) { f() }

type fluid struct{}

func (*fluid) act(f func()) { f() }

func one()   {}
func two()   {}
func three() {}
func four()  {}

func both() (actor, func()) { return solid{}, one }

func expressions() {
	actor.act(&fluid{}, one)
	solid.act(solid{}, two)
	g := solid.act
	g(solid{}, three)
	h := actor.act
	h(&fluid{}, four)
	actor.act(both())
}

type doer interface{ do() }
type named func()

func (n named) do() { n() }

func bound(d doer) {
	do := d.do
	do()
}

type plain struct{}

func (plain) do() {}

// The field of a struct that has no name.
func (*plain) held(d doer) {
	holder := struct{ x doer }{d}
	holder.x.do()
}

func same[T any](v T) T { return v }

func inferred() {
	f := same[func(doer)](func(d doer) { d.do() })
	f(plain{})
}

func mapped() {
	m := map[string]func(func()){}
	other := m
	other["a"] = func(g func()) { g() }
	m["a"](one)
}

func send(c chan func(doer)) {
	c <- func(d doer) { d.do() }
}

func sent() {
	c := make(chan func(doer), 1)
	send(c)
	(<-c)(plain{})
}

func set(p *func(doer)) { *p = func(d doer) { d.do() } }

func pointed() {
	var v func(doer)
	set(&v)
	v(plain{})
}

func main() {
	expressions()
	bound(named(one))
	(&plain{}).held(plain{})
	inferred()
	mapped()
	sent()
	pointed()
}

/*
WANT:
(*main.fluid).act value main.four
(*main.fluid).act value main.one
(*main.plain).held interface (main.plain).do
(main.named).do value main.one
(main.solid).act value main.four
(main.solid).act value main.one
(main.solid).act value main.three
(main.solid).act value main.two
main.bound value (main.named).do
main.expressions interface (*main.fluid).act
main.expressions interface (main.solid).act
main.expressions static (main.solid).act
main.expressions static main.both
main.expressions value (*main.fluid).act
main.expressions value (main.solid).act
main.inferred static main.same
main.inferred value main.inferred$1
main.inferred$1 interface (main.plain).do
main.main static (*main.plain).held
main.main static main.bound
main.main static main.expressions
main.main static main.inferred
main.main static main.mapped
main.main static main.pointed
main.main static main.sent
main.mapped value main.mapped$1
main.mapped$1 value main.one
main.pointed static main.set
main.pointed value main.set$1
main.send$1 interface (main.plain).do
main.sent static main.send
main.sent value main.send$1
main.set$1 interface (main.plain).do
*/
