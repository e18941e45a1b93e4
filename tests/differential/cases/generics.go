// Generics: inference from arguments, constraints, core types, function values; instances, methods, aliases.
package main

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
)

type Number interface {
	~int | ~int8 | ~float64
}

type Ordered interface {
	Number | ~string
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) Swap(v V) Pair[K, V] { return Pair[K, V]{p.Key, v} }
func (p *Pair[A, B]) Set(a A, b B)       { p.Key, p.Val = a, b }

type List[T any] struct {
	head *node[T]
	size int
}

type node[T any] struct {
	val  T
	next *node[T]
}

func (l *List[T]) Push(v T) *List[T] {
	l.head = &node[T]{v, l.head}
	l.size++
	return l
}

func (l *List[T]) Each(f func(int, T) bool) {
	i := 0
	for n := l.head; n != nil; n = n.next {
		if !f(i, n.val) {
			return
		}
		i++
	}
}

func Map[S ~[]E, E, R any](s S, f func(E) R) []R {
	out := make([]R, 0, len(s))
	for _, e := range s {
		out = append(out, f(e))
	}
	return out
}

func Clone[S ~[]E, E any](s S) S { return append(S(nil), s...) }

func Sum[T Number](xs ...T) (total T) {
	for _, x := range xs {
		total += x
	}
	return total * 2
}

func Keys[M ~map[K]V, K comparable, V any](m M) []K {
	var out []K
	for k, v := range m {
		_ = v
		out = append(out, k)
	}
	return out
}

type Setter[B any] interface {
	Set(string)
	*B
}

type conf struct{ v string }

func (c *conf) Set(s string) { c.v = s }

func Build[T any, PT Setter[T]](s []string) []T {
	out := make([]T, len(s))
	for i, v := range s {
		p := PT(&out[i])
		p.Set(v)
	}
	return out
}

func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func Ptr[T any](v T) *T { return &v }

func Apply[A, B, C any](f func(A) B, g func(B) C) func(A) C {
	return func(a A) C { return g(f(a)) }
}

func id[T any](x T) T           { return x }
func double[T Number](x T) T    { return x * 2 }
func length[T ~string](x T) int { return len(x) }

type names []string

func (n names) Len() int { return len(n) }

type Tree[T interface{ Less(T) bool }] struct {
	left, right *Tree[T]
	val         T
}

func (t *Tree[T]) Insert(v T) *Tree[T] {
	if t == nil {
		return &Tree[T]{val: v}
	}
	if v.Less(t.val) {
		t.left = t.left.Insert(v)
	} else {
		t.right = t.right.Insert(v)
	}
	return t
}

type age int

func (a age) Less(b age) bool { return a < b }

type Embeds[T any] struct {
	List[T]
	*Pair[string, T]
	extra T
}

type Fn[T any] func(T) T

func (f Fn[T]) Call(x T) T { return f(x) }

type Chan[T any] chan T

type Cache[K comparable, V any] struct {
	m    map[K]*List[Pair[K, V]]
	onup func(K, V)
	p    atomic.Pointer[V]
}

func (c *Cache[K, V]) Get(k K) (v V, ok bool) {
	l, found := c.m[k]
	if !found {
		return
	}
	l.Each(func(_ int, p Pair[K, V]) bool {
		v, ok = p.Val, true
		return !ok
	})
	if c.onup != nil {
		c.onup(k, v)
	}
	if q := c.p.Load(); q != nil {
		return *q, true
	}
	return v, ok
}

func recursive[T any](n int, x T) int {
	if n == 0 {
		return 0
	}
	return recursive(n-1, x) + recursive[T](n-1, x)
}

func send[C chan<- E, E any](c C, e E) { c <- e }

func recv[C <-chan E, E any](c C) E { return <-c }

type Stringish interface{ ~string | ~[]byte }

func first[T Stringish](t T) byte { return t[0] }

func index[T ~[]int | ~[4]int](t T, i int) int { return t[i] }

type holder[T fmt.Stringer] struct{ v T }

func (h holder[T]) text() string { return h.v.String() + strings.ToUpper("x") }

type impl struct{}

func (impl) String() string { return "" }

func main() {
	p := Pair[string, int]{"a", 1}
	q := p.Swap(2)
	q.Set("b", 3)
	(&q).Set("c", 4)
	set := q.Set
	set("d", 5)
	swap := Pair[string, int].Swap
	_ = swap(p, 3)
	setter := (*Pair[string, int]).Set
	setter(&p, "e", 6)
	l := new(List[float64])
	l.Push(1).Push(2.5)
	l.Each(func(i int, f float64) bool { return f > 1 })
	_ = Map([]int{1}, func(i int) string { return "" })
	_ = Map(names{"a"}, strings.ToUpper)
	_ = Map[names, string, int](names{}, func(s string) int { return len(s) })
	_ = Map[[]string](nil, func(s string) bool { return s == "" })
	_ = Clone(names{"a"}).Len()
	_ = Sum(1, 2)
	_ = Sum(1, 2.5)
	_ = Sum[int8](1, 2)
	_ = Sum[age](1)
	_ = Keys(map[string]int{"a": 1})
	_ = Build[conf]([]string{"a"})
	_ = Must(fmt.Println("x"))
	_ = Must(fmt.Sscan("a")) == 1
	_ = *Ptr(3) + 1
	_ = Ptr("x")
	_ = Ptr[any](1)
	_ = Apply(func(i int) string { return "" }, func(s string) []byte { return nil })(3)
	var f func(int) int = id
	f = double
	f = id[int]
	_ = f(1)
	fs := []func(string) string{id[string], strings.ToLower}
	_ = fs
	_ = Map([]float64{1}, double)
	_ = Map([]names{}, names.Len)
	slices.SortFunc([]string{"a"}, strings.Compare)
	slices.SortFunc([]int{1}, cmp.Compare)
	slices.SortFunc([]age{}, func(a, b age) int { return cmp.Compare(a, b) })
	i, ok := slices.BinarySearch([]string{"a"}, "b")
	_, _ = i, ok
	sort.Slice(fs, func(i, j int) bool { return i < j })
	var t *Tree[age]
	t = t.Insert(3).Insert(4)
	_ = t.left.val.Less(2)
	e := Embeds[int]{List: List[int]{}, Pair: &Pair[string, int]{}}
	e.Push(3)
	e.Set("x", 3)
	_ = e.Key + e.List.head.next.next.val2()
	_ = e.Pair.Swap(1).Val
	_ = Fn[int](id[int]).Call(3)
	ch := make(Chan[string], 1)
	ch <- "x"
	for s := range ch {
		_ = s
	}
	c := Cache[string, []int]{onup: func(s string, is []int) {}}
	v, found := c.Get("x")
	_, _ = v, found
	_ = recursive(3, "x")
	bi := make(chan int)
	send[chan<- int](bi, 3)
	_ = recv[<-chan int](bi) + 1
	_ = first("abc") + first([]byte{1})
	_ = index([4]int{}, 1)
	_ = holder[impl]{}.text()
	min := min[int]
	_ = min(1, 2)
	_ = length("x")
}

func min[T cmp.Ordered](a, b T) T {
	if a < b {
		return a
	}
	return b
}

func (n *node[T]) val2() string { return "" }

func convert[To, From Number](f From) To { return To(f) }

func zero[T any]() (z T) { return }

func use() {
	_ = convert[float64](3)
	_ = convert[int8](age(3))
	_ = zero[map[string][]int]()["a"][0]
	type local[T any] struct{ x T }
	type other = local[int]
	_ = other{1}.x + 1
	_ = (&local[string]{"x"}).x
	m := map[string]func(age) bool{"x": age(1).Less}
	_ = m["x"](2)
}
