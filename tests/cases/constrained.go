// A generic method is not what an interface's method calls whose parameters are of no type that its constraint admits.
// go 1.18
package main

type S interface{ Name() string }

type A1 struct{}

func (A1) Name() string { return "1" }

type A2 struct{}

func (A2) Name() string { return "2" }

type plain struct{}

type tree[V S] struct{ v V }

func (t *tree[V]) put(v V)     { t.v = v }
func (t *tree[V]) say() string { return t.v.Name() }

type putter interface{ put(any) }

type plainPutter interface{ put(*plain) }

type sink struct{ any }

func (s *sink) put(x any) { s.any = x }

type hole struct{}

func (hole) put(*plain) {}

func fill(p putter) { p.put(A2{}) }

func drop(p plainPutter) { p.put(nil) }

func main() {
	t := &tree[S]{}
	t.put(A1{})
	println(t.say())
	fill(&sink{})
	drop(hole{})
}

/*
WANT:
(*main.tree).say interface (main.A1).Name
main.drop interface (main.hole).put
main.fill interface (*main.sink).put
main.main static (*main.tree).put
main.main static (*main.tree).say
main.main static main.drop
main.main static main.fill
*/
