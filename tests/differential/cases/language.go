// Statements, scopes, method values and expressions, embedding, anonymous structs, channels, iterators.
package main

import (
	"errors"
	"fmt"
	. "io"
	"iter"
	_ "image/png"
	str "strings"
)

type Inner struct{ a, B int }

func (Inner) Val() int   { return 1 }
func (*Inner) Ptr() int8 { return 1 }

type Middle struct{ *Inner }
type Deep struct {
	Middle
	Other
}
type Other struct{ c int }

func (o Other) Val2() (int, error) { return o.c, nil }

type ambiguous struct {
	A1
	A2
}
type A1 struct{ same int }
type A2 struct{ same int }

type Iface interface {
	Reader
	fmt.Stringer
	private(int) (string, bool)
}
type impl struct{ Iface }

func (impl) private(int) (string, bool) { return "", true }

type Func func(string, ...int) error

func (f Func) Run(s string) error { return f(s, 1, 2) }

type rec struct {
	next *rec
	m    map[string]*rec
	f    func(*rec) rec
	ch   chan<- (<-chan *rec)
}

type ptr *Inner
type arr [3]Inner
type alias = map[string][]*Inner
type named alias

var (
	g1, g2 = pair()
	g3     = g4 + 1
	g4     = func() int { return len(table) }()
	table  = [...]struct {
		name string
		f    func() (int, error)
	}{
		{"a", Other{}.Val2},
		{name: "b", f: func() (int, error) { return 1, nil }},
	}
	anon = struct {
		Inner
		X, Y int `json:"x"`
	}{Y: 2}
	errBase = errors.New("x")
)

func pair() (string, error) { return "", nil }

func init() { g3++ }
func init() { g4-- }

func named1(a, b int, rest ...string) (n int, err error) {
	n, err = fmt.Println(a, b)
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	if n, err := fmt.Println(); err != nil {
		return n, err
	} else if n > 1 {
		_ = n
	}
	for i, s := range rest {
		_, _ = i, s[0]
	}
	return
}

func statements(c chan int, done <-chan struct{}, out chan<- string) {
outer:
	for {
		select {
		case v := <-c:
			_ = v + 1
		case v, ok := <-c:
			if !ok {
				break outer
			}
			_ = v
		case out <- "x":
			continue outer
		case <-done:
			goto end
		default:
		}
		break
	}
end:
	var x interface{} = c
	switch y := x.(type) {
	case nil:
		_ = y
	case int, string:
		_ = y
	case chan int:
		_ = cap(y)
	case func(int) string:
		_ = y(1)[0]
	case error:
		_ = y.Error()
	case *Inner, Inner:
		_ = y
	case []map[string]*Inner:
		_ = y[0]["a"].B
	case struct{ A int }:
		_ = y.A
	default:
		_ = y
	}
	switch x.(type) {
	case Iface:
	}
	if v, ok := x.(Iface); ok {
		s, b := v.private(1)
		_, _ = s, b
		n, err := v.Read(nil)
		_, _ = n, err
	}
	m := map[string][]int{}
	v, ok := m["x"]
	_, _ = v, ok
	if w, ok := m["y"]; ok && len(w) > 0 {
		w[0], w[1] = w[1], w[0]
		w[0] += 2
		w[0]++
	}
	var i, j = 0, "x"
	i, k := 1, j
	_, _, _ = i, j, k
	{
		i := "shadow"
		_ = i + "y"
		string := func(b []byte) int { return 1 }
		_ = string(nil)
		len := 3
		_ = len * 2
	}
	var p struct {
		q *struct{ r []struct{ s int } }
	}
	_ = p.q.r[0].s
	_ = struct{ a, b int }{1, 2} == struct{ a, b int }{b: 1}
	go named1(1, 2, "x")
	defer statements(nil, nil, nil)
	f := func(n int) (func() int, error) { return func() int { return n }, nil }
	h, err := f(1)
	_, _ = h(), err
	_ = EOF
	_, _ = ReadAll(str.NewReader("x"))
	var w Writer = new(str.Builder)
	_, _ = w.Write([]byte("x"))
	fmt.Println(pair())
	func(a string, b error) {}(pair())
}

func selectors() {
	d := Deep{Middle{&Inner{1, 2}}, Other{3}}
	_ = d.a + d.B + d.c
	_ = d.Val() + int(d.Ptr())
	val, ptrf := d.Val, d.Ptr
	_, _ = val(), ptrf()
	_ = Deep.Val(d)
	_ = (*Deep).Ptr(&d)
	_ = Deep.Ptr
	_ = (*Inner).Val
	_ = Iface.String
	_ = Func(nil).Run
	_ = Func.Run
	var q ptr = d.Inner
	_ = q.a
	_ = (*q).B
	var a arr
	_ = a[1].Val()
	for i, x := range &a {
		_, _ = i, x.a
	}
	pa := &a
	_ = pa[1].B + len(pa)
	_ = pa[1:2][0].B
	var al alias
	_ = al["x"][0].Val()
	_ = named(al)["y"][1:][0].Ptr()
	_ = anon.X + anon.B
	_ = anon.Val()
	im := impl{}
	s, _ := im.private(1)
	_ = s
	_ = im.Iface.String()
	_, _ = im.Read(nil)
	var r rec
	_ = r.next.next.m["x"].f(r.next).ch
	pp := &[]*[]int{}
	_ = (*(*pp)[0])[1]
	ps := &struct{ x [2]func() *Inner }{}
	_ = ps.x[0]().Val()
	mm := map[Inner]map[string]func() (int, bool){{1, 2}: {"x": nil}}
	n, b := mm[Inner{}]["x"]()
	_, _ = n, b
	lits := []*Inner{{1, 2}, {B: 3}}
	deep := map[string][]map[int]*Inner{"a": {{1: {a: 1}}, nil}}
	_, _ = lits[0].a, deep["a"][0][1].B
	arrs := [...][2]Inner{{{1, 2}, {}}, 3: {}}
	_ = len(arrs)
	var fn func(...interface{}) (string, error)
	_, _ = fn([]interface{}{1, "a"}...)
	x := *(*[4]byte)(nil)
	_ = x[:]
	_ = [4]byte(x[:])
	_ = (<-chan int)(nil)
	_ = (func())(nil)
	_ = &[]int{1}[0]
	_ = -<-make(chan int)
	fns := []func(int) string{}
	i := 1
	_ = fns[i](2)
	_ = ps.x[i]().B
	fm := map[string]func(int) error{}
	key := "k"
	_ = fm[key](1)
	_ = fm[anonKey.name](1)
}

var anonKey = struct{ name string }{}

func seq2(yield func(string, int) bool) { yield("a", 1) }
func seq1(n int) iter.Seq[float64]      { return func(yield func(float64) bool) { yield(1) } }
func seq0(yield func() bool)            { yield() }

type tree struct{ l, r *tree }

func (t *tree) All() iter.Seq2[int, *tree] {
	return func(yield func(int, *tree) bool) {
		for i, x := range t.l.All() {
			if !yield(i, x) {
				return
			}
		}
	}
}

func iterate() {
	for k, v := range seq2 {
		_, _ = k+"x", v+1
	}
	for f := range seq1(2) {
		_ = f * 2
	}
	for range seq0 {
	}
	var t tree
	for i, x := range t.All() {
		_, _ = i+1, x.l.r
	}
	next, stop := iter.Pull2(t.All())
	defer stop()
	i, x, ok := next()
	_, _, _ = i, x.l, ok
	type count int8
	for i := range count(3) {
		_ = i
	}
	var u uint16 = 3
	for i := range u {
		_ = i
	}
	for range 3 {
	}
	var a [5]string
	for i := range a {
		_ = a[i]
	}
	for i := range len(a) {
		_ = i
	}
	var err error
	var target *myErr
	if errors.As(err, &target) && errors.Is(err, errBase) {
		_ = target.code
	}
}

type myErr struct{ code int }

func (*myErr) Error() string { return "" }

func local1() any {
	type T struct{ a int }
	type L []T
	var l L
	_ = l[0].a
	return T{1}
}

func local2() any {
	type T struct{ b string }
	x := []T{{"x"}}
	type R struct {
		next *R
		t    T
	}
	var r R
	_ = r.next.next.t.b
	return x[0].b + T{}.b
}

func main() {
	selectors()
	iterate()
	_, _ = local1(), local2()
}
