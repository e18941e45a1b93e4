// A function that is handed on through functions that come late, by way of other functions.
package main

type S struct{ h func(func()) }

func leaf() {}

func one(f func()) { deep1(f) }
func two(f func()) { deep2(f) }
func deep1(f func()) { deep3(f) }
func deep2(f func()) { deep3(f) }
func deep3(f func()) { f() }

func mk1() S { return mk2() }
func mk2() S { return mk3() }
func mk3() S { return S{h: pick(one)} }
func mk4() S { return S{h: pick(two)} }
func pick(f func(func())) func(func()) { return again(f) }
func again(f func(func())) func(func()) { return f }

func run(s S) { s.h(leaf) }

func main() { run(mk1()); run(mk4()) }

/*
WANT:
main.one static main.deep1
main.two static main.deep2
main.deep1 static main.deep3
main.deep2 static main.deep3
main.deep3 value main.leaf
main.mk1 static main.mk2
main.mk2 static main.mk3
main.mk3 static main.pick
main.mk4 static main.pick
main.pick static main.again
main.run value main.one
main.run value main.two
main.main static main.run
main.main static main.mk1
main.main static main.mk4
*/
