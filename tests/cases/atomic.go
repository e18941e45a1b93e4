// Atomic values hold what was stored in them, and nothing else of their type.
// go 1.19
package main

import "sync/atomic"

type S interface{ Name() string }

type A1 struct{}

func (A1) Name() string { return "1" }

type A2 struct{}

func (A2) Name() string { return "2" }

type A3 struct{}

func (A3) Name() string { return "3" }

type state struct{ s S }

func main() {
	var p atomic.Pointer[S]
	var s S = A1{}
	p.Store(&s)
	println((*p.Load()).Name())
	var q atomic.Pointer[state]
	q.Store(&state{A2{}})
	println(q.Load().s.Name())
	var v atomic.Value
	v.Store(A3{})
	println(v.Load().(S).Name())
}

/*
WANT:
main.main interface (main.A1).Name
main.main interface (main.A2).Name
main.main interface (main.A3).Name
main.main static (*sync/atomic.Pointer).Load
main.main static (*sync/atomic.Pointer).Store
main.main static (*sync/atomic.Value).Load
main.main static (*sync/atomic.Value).Store
*/
