// A method that a struct has by an embedded field is called on what this field holds.
package main

type doer interface{ do() }

type (
	first   func()
	second  func()
	third   func()
	fourth  func()
	fifth   func()
	sixth   func()
	seventh func()
	list    []func()
	lists   []doer
)

func (f first) do()   { f() }
func (f second) do()  { f() }
func (f third) do()   { f() }
func (f fourth) do()  { f() }
func (f fifth) do()   { f() }
func (f sixth) do()   { f() }
func (f seventh) do() { f() }
func (l list) do()    { l[0]() }
func (l lists) do()   { l[0].do() }

func a() {}
func b() {}
func c() {}
func d() {}
func e() {}
func f() {}
func g() {}
func h() {}
func i() {}

// By a field of the function's type, and by one of an interface, two structs deep.
type direct struct{ first }

type inner struct{ doer }

type deep struct{ *inner }

func functions() {
	var x doer = direct{a}
	x.do()
	x = deep{&inner{second(b)}}
	x.do()
}

// Containers.
type holding struct{ list }

type wide struct{ doer }

type called struct{}

func (called) do() {}

func containers() {
	var x doer = &holding{list{c}}
	x.do()
	x = wide{lists{called{}}}
	x.do()
}

// As a value, and without an interface between.
func values() {
	var x doer = struct{ third }{e}
	run := x.do
	run()
	s := struct{ fourth }{f}
	s.do()
	other := struct{ doer }{fifth(g)}
	other.do()
	bound := struct{ doer }{sixth(d)}.do
	bound()
	var y doer = struct{ *pointed }{&pointed{i}}
	doer.do(y)
}

type pointed struct{ seventh }

func main() {
	functions()
	containers()
	values()
	first(h).do()
}

/*
WANT:
(main.fifth).do value main.g
(main.first).do value main.a
(main.first).do value main.h
(main.fourth).do value main.f
(main.list).do value main.c
(main.lists).do interface (main.called).do
(main.second).do value main.b
(main.seventh).do value main.i
(main.sixth).do value main.d
(main.third).do value main.e
main.containers interface (main.list).do
main.containers interface (main.lists).do
main.functions interface (main.first).do
main.functions interface (main.second).do
main.main static (main.first).do
main.main static main.containers
main.main static main.functions
main.main static main.values
main.values interface (main.fifth).do
main.values interface (main.seventh).do
main.values interface (main.sixth).do
main.values static (main.fourth).do
main.values value (main.fifth).do
main.values value (main.sixth).do
main.values value (main.third).do
*/
