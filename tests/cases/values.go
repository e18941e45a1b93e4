// Calls through function values: fields, parameters, method values, maps, closures that capture.
package main

type options struct{ hook func() }

type thing struct{}

func (thing) act() {}

func a() {}
func b() {}
func c() {}

func apply(f func()) { f() }

func withHook(f func()) options { return options{hook: f} }

func main() {
	o := withHook(a)
	o.hook()
	apply(b)
	apply(thing{}.act)
	table := map[string]func(){"c": c}
	table["c"]()
	g := func() { a() }
	g()
}

/*
WANT:
main.apply value (main.thing).act
main.apply value main.b
main.main static main.apply
main.main static main.withHook
main.main value main.a
main.main value main.c
main.main value main.main$1
main.main$1 static main.a
*/
