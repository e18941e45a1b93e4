// Containers of several types in one interface: what comes out as one type has that one's elements.
package main

type doer interface{ do() }

type (
	list    []func()
	lists   []doer
	table   map[string]func()
	pointed []func()
	one     func()
)

func (l list) do()     { l[0]() }
func (l lists) do()    { l[0].do() }
func (t table) do()    { t["x"]() }
func (l *pointed) do() { (*l)[0]() }
func (f one) do()      { f() }

func a() {}
func b() {}
func c() {}
func d() {}
func e() {}
func f() {}
func g() {}

type box struct{ doer }

// Methods' receivers.
func received() {
	box{list{a}}.do()
	box{lists{one(b)}}.do()
	box{table{"x": c}}.do()
	box{&pointed{d}}.do()
}

// Assertions.
func asserted() {
	for _, x := range []any{[]func(){e}, list{f}, map[string]func(){"x": g}} {
		switch x := x.(type) {
		case []func():
			elements(x)
		case list:
			parts(x)
		case map[string]func():
			values(x)
		}
	}
}

func elements(x []func())        { x[0]() }
func parts(x list)               { x[0]() }
func values(x map[string]func()) { x["x"]() }

func main() {
	received()
	asserted()
}

/*
WANT:
(*main.pointed).do value main.d
(main.list).do value main.a
(main.lists).do interface (main.one).do
(main.one).do value main.b
(main.table).do value main.c
main.asserted static main.elements
main.asserted static main.parts
main.asserted static main.values
main.elements value main.e
main.main static main.asserted
main.main static main.received
main.parts value main.f
main.received interface (*main.pointed).do
main.received interface (main.list).do
main.received interface (main.lists).do
main.received interface (main.table).do
main.values value main.g
*/
