// Type inference, constraints with methods, instantiated methods, generic containers.
package main

type Stringer interface{ String() string }

type id int

func (id) String() string { return "" }

type list[T any] struct{ items []T }

func (l *list[T]) add(x T)  { l.items = append(l.items, x) }
func (l *list[T]) first() T { return l.items[0] }

func mapAll[T, U any](in []T, f func(T) U) []U {
	var out []U
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func show[S Stringer](s S) string { return s.String() }

func conv(n int) id { return id(n) }

func main() {
	l := &list[id]{}
	l.add(3)
	l.first().String()
	for _, x := range mapAll([]int{1}, conv) {
		x.String()
	}
	show(id(1))
}

/*
WANT:
main.main static (*main.list).add
main.main static (*main.list).first
main.main static (main.id).String
main.main static main.mapAll
main.main static main.show
main.mapAll value main.conv
main.show interface (main.id).String
*/
