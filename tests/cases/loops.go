// What a variable is where it is used in a loop: what it was before, and what the loop makes of it, but nothing that comes after the loop.
package main

type shower interface{ show() string }

type apple struct{}
type berry struct{}
type cherry struct{}

func (apple) show() string  { return "apple" }
func (berry) show() string  { return "berry" }
func (cherry) show() string { return "cherry" }

func wrap(x shower) shower { return berry{} }

func after() {
	var x shower = apple{}
	for i := 0; i < 2; i++ {
		func() {}()
		x.show()
		x = wrap(x)
	}
	x = cherry{}
	x.show()
}

func around(list []int) {
	var x shower = apple{}
	for range list {
		for range list {
			x.show()
		}
		x = berry{}
	}
	x = cherry{}
	func() { _ = x }()
}

func post() {
	for x := shower(apple{}); x != nil; x = shower(berry{}) {
		x.show()
	}
}

func inner(list []int) {
	for range list {
		var x shower = apple{}
		x.show()
		x = berry{}
		x.show()
	}
}

func held(list []int) {
	var x shower = apple{}
	var call func()
	for range list {
		call = func() { x.show() }
	}
	x = cherry{}
	call()
}

func back() {
	var x shower = apple{}
	n := 0
again:
	x.show()
	n++
	x = berry{}
	if n < 2 {
		goto again
	}
}

func over(skip bool) {
	var x shower = apple{}
	if skip {
		goto done
	}
	x = berry{}
done:
	x.show()
}

func main() {
	after()
	around([]int{1})
	post()
	inner([]int{1})
	held([]int{1})
	back()
	over(true)
}

/*
WANT:
main.after interface (main.apple).show
main.after interface (main.berry).show
main.after interface (main.cherry).show
main.after static main.after$1
main.after static main.wrap
main.around interface (main.apple).show
main.around interface (main.berry).show
main.around static main.around$1
main.back interface (main.apple).show
main.back interface (main.berry).show
main.held value main.held$1
main.held$1 interface (main.apple).show
main.held$1 interface (main.cherry).show
main.inner interface (main.apple).show
main.inner interface (main.berry).show
main.main static main.after
main.main static main.around
main.main static main.back
main.main static main.held
main.main static main.inner
main.main static main.over
main.main static main.post
main.over interface (main.apple).show
main.over interface (main.berry).show
main.post interface (main.apple).show
main.post interface (main.berry).show
*/
