// Every way to write a package variable and a field, each in a function of its own.
package main

type S interface{ String() string }

type box struct{ a, b, c, d, e, f S }

var v1, v2, v3, v4, v5, v6 S

type T1 struct{}

func (T1) String() string { return "" }

type T2 struct{}

func (T2) String() string { return "" }

type T3 struct{}

func (T3) String() string { return "" }

type T4 struct{}

func (T4) String() string { return "" }

type T5 struct{}

func (T5) String() string { return "" }

type T6 struct{}

func (T6) String() string { return "" }

type X1 struct{}

func (X1) String() string { return "" }

type X2 struct{}

func (X2) String() string { return "" }

type X3 struct{}

func (X3) String() string { return "" }

type X4 struct{}

func (X4) String() string { return "" }

type X5 struct{}

func (X5) String() string { return "" }

type X6 struct{}

func (X6) String() string { return "" }

func global1() { (v1) = T1{} }

func global2() {
	p := &v2
	*p = T2{}
}

func global3() { *(&v3) = T3{} }

func global4() {
	for _, v4 = range []S{T4{}} {
	}
}

func global5(c chan S) {
	select {
	case v5 = <-c:
	}
}

func global6() (ok bool) {
	v6, ok = T6{}, true
	return ok
}

func field1(x *box) { (x.a) = X1{} }

func field2(x *box) {
	p := &x.b
	*p = X2{}
}

func field3(x *box) {
	x.
		c = X3{}
}

func field4(x *box) {
	for _, x.d = range map[int]S{0: X4{}} {
	}
}

func field5(x *box) { x.e, x.f = X5{}, X6{} }

func useGlobals() {
	println(v1.String(), v2.String(), v3.String(), v4.String(), v5.String(), v6.String())
}

func useFields(x *box) {
	println(x.a.String(), x.b.String(), x.c.String(), x.d.String(), x.e.String(), x.f.String())
}

func main() {
	c := make(chan S, 1)
	c <- T5{}
	x := &box{}
	field1(x)
	field2(x)
	field3(x)
	field4(x)
	field5(x)
	global1()
	global2()
	global3()
	global4()
	global5(c)
	global6()
	useFields(x)
	useGlobals()
}

/*
WANT:
main.main static main.field1
main.main static main.field2
main.main static main.field3
main.main static main.field4
main.main static main.field5
main.main static main.global1
main.main static main.global2
main.main static main.global3
main.main static main.global4
main.main static main.global5
main.main static main.global6
main.main static main.useFields
main.main static main.useGlobals
main.useFields interface (main.X1).String
main.useFields interface (main.X2).String
main.useFields interface (main.X3).String
main.useFields interface (main.X4).String
main.useFields interface (main.X5).String
main.useFields interface (main.X6).String
main.useGlobals interface (main.T1).String
main.useGlobals interface (main.T2).String
main.useGlobals interface (main.T3).String
main.useGlobals interface (main.T4).String
main.useGlobals interface (main.T5).String
main.useGlobals interface (main.T6).String
*/
