// A function in a value of an interface comes out of it where its own type is asked for, and nowhere else.
package main

type action func(int) error

func (a action) run() { _ = a(0) }

type runner interface{ run() }

func plain(int) error { return nil }

func other(int) {}

func named(int) error { return nil }

func held(int) error { return nil }

func asAction(act any) {
	switch a := act.(type) {
	case action:
		_ = a(1)
	case nil:
	}
}

func asPlain(act any) {
	if a, ok := act.(func(int) error); ok {
		_ = a(2)
	}
}

func asOther(act any) {
	switch a := act.(type) {
	case string, int:
	case func(int):
		a(3)
	}
}

// In more than one case of a clause it stays in the interface.
func asAny(act any) {
	switch a := act.(type) {
	case action, func(int) error:
		asPlain(a)
	}
}

func asRunner(r runner) { r.run() }

func as[T any](x any) T {
	y, _ := x.(T)
	return y
}

// What its type parameters stand for is not told: it may be of any type of that form.
func keep[C any](f func(*C) error) any { return f }

func generic(*string) error { return nil }

func asPointer(act any) {
	if a, ok := act.(func(*string) error); ok {
		_ = a(nil)
	}
}

func handle(act any) {
	asAction(act)
	asPlain(act)
	asOther(act)
}

func main() {
	handle(plain)
	handle(other)
	handle(action(named))
	asAny(plain)
	var table = map[string]any{"a": other, "b": action(held)}
	asOther(table["a"])
	asRunner(action(held))
	as[func(int)](other)(4)
	handle(keep(generic))
	asPointer(keep(generic))
}

/*
WANT:
(main.action).run value main.held
main.asAction value main.named
main.asAny static main.asPlain
main.asOther value main.other
main.asPlain value main.plain
main.asPointer value main.generic
main.asRunner interface (main.action).run
main.handle static main.asAction
main.handle static main.asOther
main.handle static main.asPlain
main.main static main.as
main.main static main.asAny
main.main static main.asOther
main.main static main.asPointer
main.main static main.asRunner
main.main static main.handle
main.main static main.keep
main.main value main.other
*/
