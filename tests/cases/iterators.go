// A range over a function calls it; its body is a function that the iterator calls.
// go 1.23
package main

type animal interface{ speak() }

type (
	cat struct{}
	dog struct{}
	cow struct{}
	hen struct{}
)

func (cat) speak() {}
func (dog) speak() {}
func (cow) speak() {}
func (hen) speak() {}

func prepare() {}
func log()     {}
func done()    {}

func cats(yield func(animal) bool) {
	prepare()
	yield(cat{})
}

func numbered(n int) func(func(int, animal) bool) {
	return func(yield func(int, animal) bool) { yield(n, dog{}) }
}

type herd struct{ first, second animal }

func (h *herd) All(yield func(animal, animal) bool) { yield(h.first, h.second) }

func static() {
	for x := range cats {
		x.speak()
	}
}

func returned() {
	for _, x := range numbered(1) {
		x.speak()
	}
}

func bound() (out animal) {
	h := &herd{cow{}, hen{}}
	var x animal
	for x, out = range h.All {
		x.speak()
		if out != nil {
			return x
		}
	}
	return out
}

func empty(yield func() bool) { yield() }

func nested() {
	for range empty {
		defer func() { done() }()
		for range empty {
			log()
		}
	}
}

func main() {
	static()
	returned()
	bound().speak()
	nested()
}

/*
WANT:
(*main.herd).All value main.bound$1
main.bound static (*main.herd).All
main.bound$1 interface (main.cow).speak
main.cats static main.prepare
main.cats value main.static$1
main.empty value main.nested$1
main.empty value main.nested$1$2
main.main interface (main.cow).speak
main.main interface (main.hen).speak
main.main static main.bound
main.main static main.nested
main.main static main.returned
main.main static main.static
main.nested static main.empty
main.nested$1 static main.empty
main.nested$1 static main.nested$1$1
main.nested$1$1 static main.done
main.nested$1$2 static main.log
main.numbered$1 value main.returned$1
main.returned static main.numbered
main.returned value main.numbered$1
main.returned$1 interface (main.dog).speak
main.static static main.cats
main.static$1 interface (main.cat).speak
*/
