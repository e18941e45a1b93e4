// Package reflect's plain forms: what goes into a value of its own comes out of it, and what is set through one is found.
package main

import "reflect"

type doer interface{ do() }

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
)

func (a) do() {}
func (b) do() {}
func (c) do() {}
func (d) do() {}
func (e) do() {}
func (f) do() {}
func (g) do() {}
func (h) do() {}
func (i) do() {}
func (j) do() {}
func (k) do() {}

// A list that a pointer leads to is appended to.
func fill(list any, all ...doer) {
	v := reflect.ValueOf(list).Elem()
	for _, one := range all {
		v.Set(reflect.Append(v, reflect.ValueOf(one)))
	}
}

type framework struct{ first, second []doer }

func appended() {
	x := &framework{}
	fill(&x.first, a{}, b{})
	x.first[0].do()
}

// A list of pointers to lists, with a new list in between.
func renew(x *framework) {
	for _, list := range []any{&x.second} {
		plugins := reflect.ValueOf(list).Elem()
		fresh := reflect.New(reflect.TypeOf(list).Elem()).Elem()
		fresh = reflect.Append(fresh, reflect.ValueOf(doer(c{})))
		plugins.Set(fresh)
	}
}

func renewed() {
	x := &framework{}
	renew(x)
	x.second[0].do()
}

// A map's entry, through a helper.
func enter(m reflect.Value, key string, value any) {
	m.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(value))
}

func entered() {
	m := map[string]doer{}
	enter(reflect.ValueOf(m), "x", d{})
	m["x"].do()
}

// An element of a list, and one that is sent.
func indexed() {
	list := make([]doer, 1)
	reflect.ValueOf(list).Index(0).Set(reflect.ValueOf(e{}))
	list[0].do()
	ch := make(chan doer, 1)
	reflect.ValueOf(ch).Send(reflect.ValueOf(f{}))
	(<-ch).do()
}

// What is read out of containers.
func read(v any) {
	x := reflect.ValueOf(v)
	for i := 0; i < x.Len(); i++ {
		x.Index(i).Interface().(doer).do()
	}
}

func keys(v any) {
	for _, key := range reflect.ValueOf(v).MapKeys() {
		key.Interface().(doer).do()
	}
	for it := reflect.ValueOf(v).MapRange(); it.Next(); {
		it.Value().Interface().(func())()
	}
}

func called() {}

func taken() {
	read([]doer{g{}})
	keys(map[doer]func(){h{}: called})
}

// A field, by its name and by its number.
type settings struct {
	one   doer
	two   doer
	other string
}

func named(v any) {
	reflect.Indirect(reflect.ValueOf(v)).FieldByName("one").Interface().(doer).do()
}

func fields() {
	named(&settings{one: i{}, two: j{}})
}

// A variable that a pointer leads to, and a function.
func replace(v any, with any) {
	reflect.ValueOf(v).Elem().Set(reflect.ValueOf(with))
}

func replaced() {
	var x doer
	replace(&x, k{})
	x.do()
	var run func()
	replace(&run, func() {})
	run()
}

// The results of a function that is called.
func make1() doer { return a{} }

func answers(constructor any) {
	out := reflect.ValueOf(constructor).Call(nil)
	out[0].Interface().(doer).do()
}

func main() {
	appended()
	renewed()
	entered()
	indexed()
	taken()
	fields()
	replaced()
	answers(make1)
}

/*
WANT:
main.answers interface (main.a).do
main.answers static (reflect.Value).Call
main.answers static (reflect.Value).Interface
main.answers static reflect.ValueOf
main.appended interface (main.a).do
main.appended interface (main.b).do
main.appended static main.fill
main.enter static (reflect.Value).SetMapIndex
main.enter static reflect.ValueOf
main.entered interface (main.d).do
main.entered static main.enter
main.entered static reflect.ValueOf
main.fields static main.named
main.fill static (reflect.Value).Elem
main.fill static (reflect.Value).Set
main.fill static reflect.Append
main.fill static reflect.ValueOf
main.indexed interface (main.e).do
main.indexed interface (main.f).do
main.indexed static (reflect.Value).Index
main.indexed static (reflect.Value).Send
main.indexed static (reflect.Value).Set
main.indexed static reflect.ValueOf
main.keys interface (main.h).do
main.keys static (*reflect.MapIter).Next
main.keys static (*reflect.MapIter).Value
main.keys static (reflect.Value).Interface
main.keys static (reflect.Value).MapKeys
main.keys static (reflect.Value).MapRange
main.keys static reflect.ValueOf
main.keys value main.called
main.main static main.answers
main.main static main.appended
main.main static main.entered
main.main static main.fields
main.main static main.indexed
main.main static main.renewed
main.main static main.replaced
main.main static main.taken
main.named interface (main.i).do
main.named static (reflect.Value).FieldByName
main.named static (reflect.Value).Interface
main.named static reflect.Indirect
main.named static reflect.ValueOf
main.read interface (main.g).do
main.read static (reflect.Value).Index
main.read static (reflect.Value).Interface
main.read static (reflect.Value).Len
main.read static reflect.ValueOf
main.renew interface (*reflect.rtype).Elem
main.renew static (reflect.Value).Elem
main.renew static (reflect.Value).Set
main.renew static reflect.Append
main.renew static reflect.New
main.renew static reflect.TypeOf
main.renew static reflect.ValueOf
main.renewed interface (main.c).do
main.renewed static main.renew
main.replace static (reflect.Value).Elem
main.replace static (reflect.Value).Set
main.replace static reflect.ValueOf
main.replaced interface (main.k).do
main.replaced static main.replace
main.replaced value main.replaced$1
main.taken static main.keys
main.taken static main.read
*/
