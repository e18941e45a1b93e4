// A struct is written without its name: in literals of containers, of other names of its type, of types without a name.
package main

type S interface{ String() string }

type A1 struct{}

func (A1) String() string { return "1" }

type A2 struct{}

func (A2) String() string { return "2" }

type A3 struct{}

func (A3) String() string { return "3" }

type A4 struct{}

func (A4) String() string { return "4" }

type A5 struct{}

func (A5) String() string { return "5" }

type A6 struct{}

func (A6) String() string { return "6" }

type A7 struct{}

func (A7) String() string { return "7" }

type A8 struct{}

func (A8) String() string { return "8" }

type pair struct {
	s S
	n int
}

type pairs []pair

type alias = pair

type derived pair

type rows []struct{ cell S }

type holder[T any] struct {
	v T
	n int
}

type hs []holder[S]

type box struct{ inner pair }

type byName map[string]pair

func one() pairs          { return pairs{{A1{}, 1}} }
func two() pair           { return alias{A2{}, 1} }
func three() pair         { return pair(derived{A3{}, 1}) }
func four() rows          { return rows{{A4{}}} }
func five() hs            { return hs{{A5{}, 1}} }
func six() byName         { return byName{"x": {A6{}, 1}} }
func seven() box          { return box{pair{A7{}, 1}} }
func eight() [2]holder[S] { return [2]holder[S]{{A8{}, 1}} }

func use1(p pair) string      { return p.s.String() }
func use4(r rows) string      { return r[0].cell.String() }
func use5(h holder[S]) string { return h.v.String() }

func main() {
	println(use1(one()[0]), use1(two()), use1(three()), use4(four()), use5(five()[0]), use1(six()["x"]), use1(seven().inner), use5(eight()[0]))
}

/*
WANT:
main.main static main.eight
main.main static main.five
main.main static main.four
main.main static main.one
main.main static main.seven
main.main static main.six
main.main static main.three
main.main static main.two
main.main static main.use1
main.main static main.use4
main.main static main.use5
main.use1 interface (main.A1).String
main.use1 interface (main.A2).String
main.use1 interface (main.A3).String
main.use1 interface (main.A6).String
main.use1 interface (main.A7).String
main.use4 interface (main.A4).String
main.use5 interface (main.A5).String
main.use5 interface (main.A8).String
*/
