// What the fields, elements and keys of a generic type hold is that of the instance: no other's comes out.
package main

type speaker interface{ speak() }

type barker interface{ speak() }

type cat struct{}
type dog struct{}
type cow struct{}

func (cat) speak()  {}
func (dog) speak()  {}
func (*cow) speak() {}

// A field of functions, and one of values of interfaces.
type hook[T any] struct {
	run   func(T) error
	value T
}

func (h *hook[T]) fire() error { return h.run(h.value) }

func first(speaker) error { return nil }
func second(barker) error { return nil }

func fields() {
	a := &hook[speaker]{run: first, value: cat{}}
	_ = a.fire()
	a.value.speak()
}

func otherFields() {
	b := &hook[barker]{run: second, value: dog{}}
	_ = b.fire()
	_ = b.run(nil)
	b.value.speak()
}

// What is set, not made with it; and by its address.
func set() {
	var a hook[*speaker]
	s := speaker(cat{})
	a.value = &s
	(*a.value).speak()
}

func otherSet() {
	var b hook[*barker]
	r := barker(dog{})
	b.value = &r
	(*b.value).speak()
}

// A registry, whose elements are under keys.
type registry[K comparable, V any] struct{ entries map[K]V }

func newRegistry[K comparable, V any]() *registry[K, V] {
	return &registry[K, V]{entries: map[K]V{}}
}

func (r *registry[K, V]) register(key K, value V) { r.entries[key] = value }

func (r *registry[K, V]) lookup(key K) (V, bool) {
	found, ok := r.entries[key]
	return found, ok
}

func (r *registry[K, V]) each(f func(K, V)) {
	for key, value := range r.entries {
		f(key, value)
	}
}

func registered() {
	a := newRegistry[string, speaker]()
	a.register("cat", cat{})
	if found, ok := a.lookup("cat"); ok {
		found.speak()
	}
	a.each(func(_ string, found speaker) { found.speak() })
}

func otherRegistered() {
	b := newRegistry[string, barker]()
	b.register("dog", dog{})
	if found, ok := b.lookup("dog"); ok {
		found.speak()
	}
	b.each(func(_ string, found barker) { found.speak() })
}

func made() {
	makers := newRegistry[string, func() speaker]()
	makers.register("cow", func() speaker { return new(cow) })
	if maker, ok := makers.lookup("cow"); ok {
		maker().speak()
	}
}

// A queue, of what lies in another generic type.
type node[T any] struct {
	value T
	next  *node[T]
}

type queue[T any] struct {
	head  *node[T]
	ready chan T
	items []T
}

func (q *queue[T]) add(value T) {
	q.head = &node[T]{value: value, next: q.head}
	q.items = append(q.items, value)
	q.ready <- value
}

func (q *queue[T]) take() T  { return q.head.value }
func (q *queue[T]) all() []T { return q.items }
func (q *queue[T]) wait() T  { return <-q.ready }

func queued() {
	a := &queue[speaker]{ready: make(chan speaker, 1)}
	a.add(cat{})
	a.take().speak()
	a.wait().speak()
	for _, x := range a.all() {
		x.speak()
	}
}

func otherQueued() {
	b := &queue[barker]{ready: make(chan barker, 1)}
	b.add(dog{})
	b.take().speak()
	b.wait().speak()
	for _, x := range b.all() {
		x.speak()
	}
}

// Embedded in another, whose instance it is of.
type cached[T any] struct {
	registry[string, T]
	hits int
}

func embedded() {
	a := &cached[speaker]{registry: *newRegistry[string, speaker]()}
	a.register("", cat{})
	x, _ := a.lookup("")
	x.speak()
}

func otherEmbedded() {
	b := &cached[barker]{registry: *newRegistry[string, barker]()}
	b.register("", dog{})
	y, _ := b.lookup("")
	y.speak()
}

// Methods as values and as expressions.
type box[T any] struct{ value T }

func (b *box[T]) put(value T) { b.value = value }
func (b *box[T]) get() T      { return b.value }

func methodValues() {
	a := new(box[speaker])
	put := a.put
	put(cat{})
	a.get().speak()
}

func otherMethodValues() {
	b := new(box[barker])
	get := (*box[barker]).get
	(*box[barker]).put(b, dog{})
	get(b).speak()
}

// Through an interface that is generic as well.
type source[T any] interface{ get() T }

func through[T any](s source[T]) T { return s.get() }

func interfaced()      { through[speaker](&box[speaker]{value: cat{}}).speak() }
func otherInterfaced() { through[barker](&box[barker]{value: dog{}}).speak() }

// Generic code that calls other such, with arguments made of its own.
func last[E any](list []E) E { return list[len(list)-1] }

func lastOf[T any](lists ...[]T) T { return last(last(lists)) }

func nested()      { lastOf([]speaker{cat{}}).speak() }
func otherNested() { lastOf([]barker{dog{}}).speak() }

// What a type parameter stands for becomes an interface's inside: there is no more of its instance.
func hidden[T any](x T) any { return x }

func said[S speaker](x S) speaker { return x }

func boxed() {
	if s, ok := hidden[speaker](cat{}).(speaker); ok {
		s.speak()
	}
	said[barker](dog{}).speak()
}

// A generic value of itself: its instances have an end.
func chained[T any](depth int, x T, f func(T)) {
	if depth > 0 {
		chained(depth-1, x, f)
		return
	}
	f(x)
}

func recursive() {
	chained[speaker](2, cat{}, func(s speaker) { s.speak() })
	chained[barker](2, dog{}, func(b barker) { b.speak() })
}

func main() {
	fields()
	otherFields()
	set()
	otherSet()
	registered()
	otherRegistered()
	made()
	queued()
	otherQueued()
	embedded()
	otherEmbedded()
	methodValues()
	otherMethodValues()
	interfaced()
	otherInterfaced()
	nested()
	otherNested()
	boxed()
	recursive()
}

/*
WANT:
(*main.hook).fire value main.first
(*main.hook).fire value main.second
(*main.registry).each value main.otherRegistered$1
(*main.registry).each value main.registered$1
main.boxed interface (main.cat).speak
main.boxed interface (main.dog).speak
main.boxed static main.hidden
main.boxed static main.said
main.chained static main.chained
main.chained value main.recursive$1
main.chained value main.recursive$2
main.embedded interface (main.cat).speak
main.embedded static (*main.registry).lookup
main.embedded static (*main.registry).register
main.embedded static main.newRegistry
main.fields interface (main.cat).speak
main.fields static (*main.hook).fire
main.interfaced interface (main.cat).speak
main.interfaced static main.through
main.lastOf static main.last
main.made interface (*main.cow).speak
main.made static (*main.registry).lookup
main.made static (*main.registry).register
main.made static main.newRegistry
main.made value main.made$1
main.main static main.boxed
main.main static main.embedded
main.main static main.fields
main.main static main.interfaced
main.main static main.made
main.main static main.methodValues
main.main static main.nested
main.main static main.otherEmbedded
main.main static main.otherFields
main.main static main.otherInterfaced
main.main static main.otherMethodValues
main.main static main.otherNested
main.main static main.otherQueued
main.main static main.otherRegistered
main.main static main.otherSet
main.main static main.queued
main.main static main.recursive
main.main static main.registered
main.main static main.set
main.methodValues interface (main.cat).speak
main.methodValues static (*main.box).get
main.methodValues value (*main.box).put
main.nested interface (main.cat).speak
main.nested static main.lastOf
main.otherEmbedded interface (main.dog).speak
main.otherEmbedded static (*main.registry).lookup
main.otherEmbedded static (*main.registry).register
main.otherEmbedded static main.newRegistry
main.otherFields interface (main.dog).speak
main.otherFields static (*main.hook).fire
main.otherFields value main.second
main.otherInterfaced interface (main.dog).speak
main.otherInterfaced static main.through
main.otherMethodValues interface (main.dog).speak
main.otherMethodValues static (*main.box).put
main.otherMethodValues value (*main.box).get
main.otherNested interface (main.dog).speak
main.otherNested static main.lastOf
main.otherQueued interface (main.dog).speak
main.otherQueued static (*main.queue).add
main.otherQueued static (*main.queue).all
main.otherQueued static (*main.queue).take
main.otherQueued static (*main.queue).wait
main.otherRegistered interface (main.dog).speak
main.otherRegistered static (*main.registry).each
main.otherRegistered static (*main.registry).lookup
main.otherRegistered static (*main.registry).register
main.otherRegistered static main.newRegistry
main.otherRegistered$1 interface (main.dog).speak
main.otherSet interface (main.dog).speak
main.queued interface (main.cat).speak
main.queued static (*main.queue).add
main.queued static (*main.queue).all
main.queued static (*main.queue).take
main.queued static (*main.queue).wait
main.recursive static main.chained
main.recursive$1 interface (main.cat).speak
main.recursive$2 interface (main.dog).speak
main.registered interface (main.cat).speak
main.registered static (*main.registry).each
main.registered static (*main.registry).lookup
main.registered static (*main.registry).register
main.registered static main.newRegistry
main.registered$1 interface (main.cat).speak
main.set interface (main.cat).speak
main.through interface (*main.box).get
*/
