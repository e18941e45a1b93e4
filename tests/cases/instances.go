// What goes through generic code comes out where the type is that of the instance by which it came in.
package main

type step func() error

type work struct{}

func (*work) each(int) error { return nil }

func release() {}

func closing() error { return nil }

func stepping() error { return nil }

func numbered(int) error { return nil }

func identity[T any](x T) T { return x }

func backward[E any](list []E, yield func(E)) {
	for i := len(list) - 1; i >= 0; i-- {
		yield(list[i])
	}
}

func releases() {
	backward([]func(){release}, func(f func()) { f() })
}

func closes() {
	backward([]func() error{closing}, func(f func() error) { _ = f() })
}

func steps() {
	backward([]step{stepping}, func(f step) { _ = f() })
}

// A method expression takes its receiver first; a method that is a value has it.
func methods() {
	_ = identity(numbered)(1)
	_ = identity((*work).each)(nil, 2)
	_ = identity(new(work).each)(3)
}

func main() {
	releases()
	closes()
	steps()
	methods()
}

/*
WANT:
main.backward value main.closes$1
main.backward value main.releases$1
main.backward value main.steps$1
main.closes static main.backward
main.closes$1 value main.closing
main.main static main.closes
main.main static main.methods
main.main static main.releases
main.main static main.steps
main.methods static main.identity
main.methods value (*main.work).each
main.methods value main.numbered
main.releases static main.backward
main.releases$1 value main.release
main.steps static main.backward
main.steps$1 value main.stepping
*/
