// What is stored through a receiver, a pointer or another name of a container is found in the container.
package main

type caller interface{ call() }

type (
	a struct{}
	b struct{}
	c struct{}
	d struct{}
	e struct{}
	f struct{}
	g struct{}
	h struct{}
	i struct{}
	j struct{}
	k struct{}
	l struct{}
	m struct{}
)

func (a) call() {}
func (b) call() {}
func (c) call() {}
func (d) call() {}
func (e) call() {}
func (f) call() {}
func (g) call() {}
func (h) call() {}
func (i) call() {}
func (j) call() {}
func (k) call() {}
func (l) call() {}
func (m) call() {}

type stack []caller

func (s *stack) push(x caller) { *s = append(*s, x) }
func (s *stack) pop() caller   { return (*s)[0] }

func stacked() {
	s := &stack{}
	s.push(a{})
	s.pop().call()
}

type queue []caller

func (q *queue) add(x caller) { *q = append(*q, x) }
func (q queue) first() caller { return q[0] }

type owner struct{ queue queue }

func owned() {
	o := &owner{}
	add := o.queue.add
	add(b{})
	o.queue.first().call()
}

type names map[string]caller

func (n *names) make()          { *n = names{} }
func (n names) set(x caller)    { n["x"] = x }
func (n names) get() caller     { return n["x"] }

type embedding struct{ names }

func named() {
	var o embedding
	o.make()
	o.set(c{})
	o.get().call()
}

func fill(p *map[string][]caller) { (*p)["x"] = append((*p)["x"], d{}) }

func nested() {
	n := map[string][]caller{}
	fill(&n)
	n["x"][0].call()
}

func inner(n map[string]caller) { n["x"] = e{} }

func outer() {
	n := map[string]map[string]caller{"a": {}}
	inner(n["a"])
	n["a"]["x"].call()
}

type ring struct {
	items [4]caller
	last  caller
}

func (r *ring) at(i int) *caller { return &r.items[i] }
func (r *ring) end() *caller     { return &r.last }

func pointed() {
	r := &ring{}
	*r.at(0) = f{}
	r.items[0].call()
	*r.end() = g{}
	r.last.call()
}

type hider interface {
	hide(x caller)
	seek() caller
}

type hidden []caller

func (s *hidden) hide(x caller) { *s = append(*s, x) }
func (s *hidden) seek() caller   { return (*s)[0] }

func through(p hider) caller {
	p.hide(h{})
	return p.seek()
}

func boxed() {
	s := &hidden{}
	through(s).call()
	(*s)[0].call()
}

var registry names

func register(n *names) { *n = names{"x": i{}} }

func global() {
	register(&registry)
	registry["x"].call()
}

type bag []caller

func (s *bag) put(x caller) { *s = append(*s, x) }

var common bag

func shared() {
	common.put(j{})
	common[0].call()
}

type maker interface{ table() map[string]caller }

type made struct{ kept map[string]caller }

func (t made) table() map[string]caller { return t.kept }

func answered(t maker) {
	t.table()["x"] = k{}
}

func tabled() {
	t := made{map[string]caller{}}
	answered(t)
	t.kept["x"].call()
}

func sent() {
	tables := make(chan map[string]caller, 1)
	n := map[string]caller{}
	tables <- n
	(<-tables)["x"] = l{}
	n["x"].call()
}

type sorted []caller

func (s sorted) swap(i, j int) { s[i], s[j] = s[j], s[i] }

type swapper interface{ swap(i, j int) }

func order(s swapper) { s.swap(0, 0) }

// moved is what was there before; what other values of the type hold does not come in.
func moved() {
	s, other := sorted{m{}}, sorted{a{}}
	order(s)
	order(other)
	s[0].call()
}

func main() {
	stacked()
	owned()
	named()
	nested()
	outer()
	pointed()
	boxed()
	global()
	shared()
	tabled()
	sent()
	moved()
}

/*
WANT:
main.answered interface (main.made).table
main.boxed interface (main.h).call
main.boxed static main.through
main.global interface (main.i).call
main.global static main.register
main.main static main.boxed
main.main static main.global
main.main static main.moved
main.main static main.named
main.main static main.nested
main.main static main.outer
main.main static main.owned
main.main static main.pointed
main.main static main.sent
main.main static main.shared
main.main static main.stacked
main.main static main.tabled
main.moved interface (main.m).call
main.moved static main.order
main.named interface (main.c).call
main.named static (*main.names).make
main.named static (main.names).get
main.named static (main.names).set
main.nested interface (main.d).call
main.nested static main.fill
main.order interface (main.sorted).swap
main.outer interface (main.e).call
main.outer static main.inner
main.owned interface (main.b).call
main.owned static (main.queue).first
main.owned value (*main.queue).add
main.pointed interface (main.f).call
main.pointed interface (main.g).call
main.pointed static (*main.ring).at
main.pointed static (*main.ring).end
main.sent interface (main.l).call
main.shared interface (main.j).call
main.shared static (*main.bag).put
main.stacked interface (main.a).call
main.stacked static (*main.stack).pop
main.stacked static (*main.stack).push
main.tabled interface (main.k).call
main.tabled static main.answered
main.through interface (*main.hidden).hide
main.through interface (*main.hidden).seek
*/
