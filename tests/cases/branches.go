// What every branch assigns is all that a variable is behind them.
package main

type shower interface{ show() string }

type apple struct{}
type berry struct{}
type cherry struct{}

func (apple) show() string  { return "apple" }
func (berry) show() string  { return "berry" }
func (cherry) show() string { return "cherry" }

func both(x shower, some bool) {
	if some {
		x = berry{}
	} else {
		x = cherry{}
	}
	x.show()
}

func chain(x shower, n int) {
	if n == 0 {
		x = berry{}
	} else if n == 1 {
		x = cherry{}
	} else {
		return
	}
	x.show()
}

func open(x shower, n int) {
	if n == 0 {
		x = berry{}
	} else if n == 1 {
		x = cherry{}
	}
	x.show()
}

func one(x shower, some bool) {
	if some {
		x = berry{}
	} else {
		println()
	}
	x.show()
}

func first(x shower) {
	if x = (berry{}); x != nil {
		println()
	}
	x.show()
}

func inside(x shower, list []int) {
	for range list {
		if len(list) > 1 {
			if len(list) > 2 {
				break
			}
			x = berry{}
		} else {
			x = cherry{}
		}
	}
	x.show()
}

func cases(x shower, n int) {
	switch n {
	case 1:
		if n > 2 {
			break
		}
		x = berry{}
	default:
		x = cherry{}
	}
	x.show()
}

func again(x shower, list []int) {
	for range list {
		x.show()
		if len(list) > 1 {
			x = berry{}
		} else {
			x = cherry{}
		}
	}
}

func main() {
	both(apple{}, true)
	chain(apple{}, 1)
	open(apple{}, 1)
	one(apple{}, true)
	first(apple{})
	inside(apple{}, nil)
	cases(apple{}, 1)
	again(apple{}, nil)
}

/*
WANT:
main.again interface (main.apple).show
main.again interface (main.berry).show
main.again interface (main.cherry).show
main.both interface (main.berry).show
main.both interface (main.cherry).show
main.cases interface (main.apple).show
main.cases interface (main.berry).show
main.cases interface (main.cherry).show
main.chain interface (main.berry).show
main.chain interface (main.cherry).show
main.first interface (main.berry).show
main.inside interface (main.apple).show
main.inside interface (main.berry).show
main.inside interface (main.cherry).show
main.main static main.again
main.main static main.both
main.main static main.cases
main.main static main.chain
main.main static main.first
main.main static main.inside
main.main static main.one
main.main static main.open
main.one interface (main.apple).show
main.one interface (main.berry).show
main.open interface (main.apple).show
main.open interface (main.berry).show
main.open interface (main.cherry).show
*/
