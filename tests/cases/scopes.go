// Shadowing, type switches, named results, range over integers and channels, iota, local types.
// go 1.22
package main

type A struct{}

func (A) m() {}

type B struct{}

func (B) m() {}

func pick(x any) (r A) {
	switch x := x.(type) {
	case A:
		x.m()
	case *B:
		x.m()
	}
	r.m()
	return
}

func f() A { return A{} }

func main() {
	v := f()
	{
		v := B{}
		v.m()
	}
	v.m()
	type local struct{ A }
	local{}.m()
	for i := range 3 {
		_ = i
		pick(i)
	}
	ch := make(chan B, 1)
	for b := range ch {
		b.m()
	}
	if v, ok := any(v).(B); ok {
		v.m()
	}
}

/*
WANT:
main.main static (main.A).m
main.main static (main.B).m
main.main static main.f
main.main static main.pick
main.pick static (main.A).m
main.pick static (main.B).m
*/
