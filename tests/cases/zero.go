// Values of type parameters that nothing stored: they are of the type arguments.
// go 1.18
package main

type S interface{ Name() string }

type A1 struct{}

func (A1) Name() string { return "1" }

type A2 struct{}

func (A2) Name() string { return "2" }

type A3 struct{}

func (*A3) Name() string { return "3" }

type A4 struct{}

func (A4) Name() string { return "4" }

type A5 struct{}

func (A5) Name() string { return "5" }

type A6 struct{}

func (A6) Name() string { return "6" }

type box[T S] struct{ inside T }

func (b box[T]) name() string { return b.inside.Name() }

type shelf struct{ box box[A2] }

func zero[T S]() string {
	var z T
	return z.Name()
}

func pointed[T any, P interface {
	*T
	Name() string
}]() string {
	return P(new(T)).Name()
}

func inner[T S]() S {
	var z T
	return z
}

func outer[T S]() string { return inner[T]().Name() }

func value[T S]() string {
	var z T
	return z.Name()
}

type A7 struct{}

func (A7) Name() string { return "7" }

// ping and pong give each other their type parameters.
func ping[T S](n int) string {
	var z T
	if n > 0 {
		return pong[T](n - 1)
	}
	return z.Name()
}

func pong[T S](n int) string {
	var z T
	if n > 0 {
		return ping[T](n - 1)
	}
	return z.Name()
}

func main() {
	println(ping[A7](1))
	println(box[A1]{}.name(), shelf{}.box.name(), zero[A4](), pointed[A3](), outer[A5]())
	f := value[A6]
	println(f())
}

/*
WANT:
(main.box).name interface (main.A1).Name
(main.box).name interface (main.A2).Name
main.main static (main.box).name
main.main static main.ping
main.main static main.outer
main.main static main.pointed
main.main static main.zero
main.main value main.value
main.outer interface (main.A5).Name
main.outer static main.inner
main.ping interface (main.A7).Name
main.ping static main.pong
main.pointed interface (*main.A3).Name
main.pong interface (main.A7).Name
main.pong static main.ping
main.value interface (main.A6).Name
main.zero interface (main.A4).Name
*/
