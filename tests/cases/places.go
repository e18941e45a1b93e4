// Values that go through containers held in interfaces, other names of a container, pointers, named results,
// named function types and embedded interfaces.
package main

type speaker interface{ speak() }

type cat struct{}

func (cat) speak() {}

type dog struct{}

func (dog) speak() {}

type cow struct{}

func (cow) speak() {}

type fox struct{}

func (fox) speak() {}

// A map that was a value of an interface in between.
func boxed() {
	var box any = map[string]speaker{"cat": cat{}}
	for _, s := range box.(map[string]speaker) {
		s.speak()
	}
}

type farm struct{ animals map[string]speaker }

func (f *farm) all() map[string]speaker { return f.animals }

// A map that is filled under another name.
func aliased(f *farm) {
	known := f.all()
	known["dog"] = dog{}
	for _, s := range f.animals {
		s.speak()
	}
}

func set(s *speaker) { *s = cow{} }

// A variable that is assigned through a pointer to it.
func pointed() {
	var s speaker
	set(&s)
	s.speak()
}

// A deferred function sees what a return has stored.
func named() (s speaker) {
	defer func() { s.speak() }()
	return fox{}
}

type caller interface{ call() }

type callable func()

func (c callable) call() { c() }

func run(c caller) { c.call() }

func hello() {}

type wrapped struct{ speaker }

type herd struct{ members []speaker }

func (h herd) first() speaker { return h.members[0] }

type chooser interface{ first() speaker }

// A result of an interface call, and a method promoted from an embedded interface.
func promoted(c chooser) {
	w := wrapped{c.first()}
	w.speak()
	var s speaker = w
	s.speak()
}

func recursive(s speaker, n int) speaker {
	if n == 0 {
		return s
	}
	return recursive(s, n-1)
}

func main() {
	boxed()
	aliased(&farm{animals: map[string]speaker{}})
	pointed()
	named()
	run(callable(hello))
	promoted(herd{members: []speaker{cow{}}})
	recursive(dog{}, 3).speak()
}

/*
WANT:
(main.callable).call value main.hello
main.aliased interface (main.dog).speak
main.aliased static (*main.farm).all
main.boxed interface (main.cat).speak
main.main interface (main.dog).speak
main.main static main.aliased
main.main static main.boxed
main.main static main.named
main.main static main.pointed
main.main static main.promoted
main.main static main.recursive
main.main static main.run
main.named static main.named$1
main.named$1 interface (main.fox).speak
main.pointed interface (main.cow).speak
main.pointed static main.set
main.promoted interface (main.cow).speak
main.promoted interface (main.herd).first
main.recursive static main.recursive
main.run interface (main.callable).call
*/
