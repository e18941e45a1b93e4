// Static calls: functions, methods by value and pointer, promotion through embedded fields, method expressions.
package main

type base struct{}

func (base) hello()    {}
func (*base) pointer() {}

type outer struct{ *base }

func (o outer) own() { o.hello() }

func helper() {}

func main() {
	var o outer
	o.own()
	o.hello()
	o.pointer()
	helper()
	(outer).own(o)
	func() { helper() }()
	go helper()
	defer o.own()
}

/*
WANT:
(main.outer).own static (main.base).hello
main.main static (*main.base).pointer
main.main static (main.base).hello
main.main static (main.outer).own
main.main static main.helper
main.main static main.main$1
main.main$1 static main.helper
*/
