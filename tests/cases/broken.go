// What stands around source that does not parse is still read.
// does not compile
package main

func good() {}

func bad() {
	x := := 3
	good()
}

func main() {
	good()
	bad()
}

// Aliases of one another.
type here = there
type there = here

func (here) show() string { return "nowhere" }

/*
WANT:
main.bad static main.good
main.main static main.bad
main.main static main.good
*/
