// An error that package reflect takes out of a value is one that the program has stored in an interface
// somewhere: each type here in a way of its own, but for those that are only kept, passed and called as what they are.
package main

import "reflect"

type coded interface {
	error
	Code()
}

type stored string

func (stored) Error() string { return "" }
func (stored) Code()         {}

type returned string

func (returned) Error() string { return "" }
func (returned) Code()         {}

type passed string

func (passed) Error() string { return "" }
func (passed) Code()         {}

type element string

func (element) Error() string { return "" }
func (element) Code()         {}

type key string

func (key) Error() string { return "" }
func (key) Code()         {}

type sent string

func (sent) Error() string { return "" }
func (sent) Code()         {}

type appended string

func (appended) Error() string { return "" }
func (appended) Code()         {}

type converted string

func (converted) Error() string { return "" }
func (converted) Code()         {}

type thrown string

func (thrown) Error() string { return "" }
func (thrown) Code()         {}

type first string

func (first) Error() string { return "" }
func (first) Code()         {}

type second string

func (second) Error() string { return "" }
func (second) Code()         {}

type third string

func (third) Error() string { return "" }
func (third) Code()         {}

type fourth string

func (fourth) Error() string { return "" }
func (fourth) Code()         {}

type ranged string

func (ranged) Error() string { return "" }
func (ranged) Code()         {}

type argument string

func (argument) Error() string { return "" }
func (argument) Code()         {}

type parameter string

func (parameter) Error() string { return "" }
func (parameter) Code()         {}

// Its code alone names it, but what has it in a field does not.
type distant struct{}

func (*distant) Error() string { return "" }
func (*distant) Code()         {}

type holder struct{ inside *distant }

var held holder

// Only kept: in a list, a map, variables and results of their own type.
type kept struct{ text string }

func (k kept) Error() string { return k.text }
func (kept) Code()           {}

type list []kept

func (l list) text() string {
	out := ""
	for _, k := range l {
		out += k.Error()
	}
	return out
}

func one() kept { return kept{"one"} }

func take(k *kept) *kept { return k }

// Compared with its like.
type compared string

func (compared) Error() string { return "" }
func (compared) Code()         {}

func two() (first, int) { return "", 0 }

func both() (second, third) { return "", "" }

func pair() (error, error) { return both() }

func use(err error, _ int) {}

func apart() (fourth, int) { return "", 0 }

func give() error { return returned("") }

func generic[T any](x T) any { return x }

type box[T error] struct{ value T }

func main() {
	var err error = stored("")
	_ = give()
	use(passed(""), 0)
	_ = []error{element("")}
	_ = map[error]bool{key(""): true}
	errs := make(chan error, 1)
	errs <- sent("")
	_ = append([]error{}, appended(""))
	_ = any(converted(""))
	err, _ = two()
	_, _ = pair()
	use(apart())
	for _, err = range []ranged{""} {
	}
	_ = generic(argument(""))
	_ = box[parameter]{}
	err = held.inside
	all := list{one(), *take(&kept{"two"})}
	all = append(all, kept{"three"})
	println(all.text(), compared("a") == compared("b"))
	err, _ = reflect.ValueOf(all).Interface().(error)
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
	defer panic(thrown(""))
}

/*
WANT:
(main.list).text static (main.kept).Error
main.main interface (*main.distant).Error
main.main interface (main.appended).Error
main.main interface (main.argument).Error
main.main interface (main.compared).Error
main.main interface (main.converted).Error
main.main interface (main.element).Error
main.main interface (main.first).Error
main.main interface (main.fourth).Error
main.main interface (main.kept).Error
main.main interface (main.key).Error
main.main interface (main.parameter).Error
main.main interface (main.passed).Error
main.main interface (main.ranged).Error
main.main interface (main.returned).Error
main.main interface (main.second).Error
main.main interface (main.sent).Error
main.main interface (main.stored).Error
main.main interface (main.third).Error
main.main interface (main.thrown).Error
main.main static (main.list).text
main.main static (reflect.Value).Interface
main.main static main.apart
main.main static main.generic
main.main static main.give
main.main static main.one
main.main static main.pair
main.main static main.take
main.main static main.two
main.main static main.use
main.main static reflect.ValueOf
main.pair static main.both
*/
