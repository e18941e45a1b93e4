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

/*
WANT:
main.bad static main.good
main.main static main.bad
main.main static main.good
*/
