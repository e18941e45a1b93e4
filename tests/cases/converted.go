// Values of structs are converted to other types: their fields go along.
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

type A8 struct{}

func (A8) String() string { return "8" }

type A7 struct{}

func (A7) String() string { return "7" }

type first struct{ s S }

type second struct{ s S }

type left struct{ p S }

type right struct{ p S }

type named struct{ t S }

type inner struct {
	in struct{ u S }
}

type outer struct {
	in struct{ u S }
}

type runner struct{ run func() }

type starter struct{ run func() }

type talker struct{ talk func(S) string }

type speaker struct{ talk func(S) string }

type quiet struct{ s S }

func convert() second { return second(first{A1{}}) }

func pointer(x *left) *right { return (*right)(x) }

func assign() named { return struct{ t S }{A4{}} }

func pass() string { return take(struct{ t S }{t: A5{}}) }

func take(x named) string { return x.t.String() }

func nested(x inner) outer { return outer(x) }

func start(x starter) { x.run() }

func speak(x *speaker) string { return x.talk(A8{}) }

func hello() {}

func never(x quiet) string { return x.s.String() }

func main() {
	println(convert().s.String())
	l := &left{A2{}}
	r := pointer(l)
	println(r.p.String())
	r.p = A3{}
	println(l.p.String())
	println(assign().t.String(), pass())
	var i inner
	i.in.u = A6{}
	println(nested(i).in.u.String())
	start(starter(runner{hello}))
	println(speak((*speaker)(&talker{func(s S) string { return s.String() }})))
	println(never(quiet{A7{}}))
}

/*
WANT:
main.main interface (main.A1).String
main.main interface (main.A2).String
main.main interface (main.A3).String
main.main interface (main.A4).String
main.main interface (main.A5).String
main.main interface (main.A6).String
main.main static main.assign
main.main static main.convert
main.main static main.nested
main.main static main.never
main.main static main.pass
main.main static main.pointer
main.main static main.speak
main.main static main.start
main.main$1 interface (main.A8).String
main.never interface (main.A7).String
main.pass static main.take
main.speak value main.main$1
main.start value main.hello
main.take interface (main.A4).String
main.take interface (main.A5).String
*/
