// errors.As stores what it finds: the error that it is given, or one that this wraps.
package main

import (
	"errors"
	"fmt"
)

type slow interface {
	error
	slow() bool
}

type (
	e1 struct{}
	e2 struct{}
	e3 struct{}
	e4 struct{}
	e5 struct{}
	e6 struct{}
	e7 struct{}
)

func (e1) Error() string { return "" }
func (e2) Error() string { return "" }
func (e3) Error() string { return "" }
func (e4) Error() string { return "" }
func (e5) Error() string { return "" }
func (e6) Error() string { return "" }
func (e7) Error() string { return "" }

func (e1) slow() bool { return true }
func (e2) slow() bool { return true }
func (e3) slow() bool { return true }
func (e4) slow() bool { return true }
func (e5) slow() bool { return true }
func (e6) slow() bool { return true }
func (e7) slow() bool { return true }

func fail(err error) error { return err }

func direct() {
	var s slow
	if errors.As(fail(e1{}), &s) {
		s.slow()
	}
}

// What is wrapped, by the library.
func wrapped() {
	err := fmt.Errorf("wrapped: %w", e2{})
	s := slow(nil)
	if errors.As(err, &s) && s.slow() {
		return
	}
}

// By types of the program, one by one and together.
type one struct{ cause error }

func (o *one) Error() string { return "" }
func (o *one) Unwrap() error { return o.cause }

type many []error

func (m many) Error() string   { return "" }
func (m many) Unwrap() []error { return m }

func own() {
	var s slow
	if errors.As(&one{many{e3{}}}, &s) {
		s.slow()
	}
}

// By a function that hands on what it is given, and by one that asks in turn.
func As(err error, target any) bool { return errors.As(err, target) }

func is(target any) bool { return As(e5{}, target) }

func handedOn() {
	var s slow
	if As(e4{}, &s) {
		s.slow()
	}
	var other slow
	if is(&other) {
		other.slow()
	}
}

// In a field and in a package's variable.
type kept struct{ last slow }

func (k *kept) keep(err error) { errors.As(err, &k.last) }

var found slow

func stored() {
	k := &kept{}
	k.keep(e6{})
	k.last.slow()
	errors.As(error(e7{}), &found)
	found.slow()
}

// A pointer that nothing but another function gets.
func untouched(any) {}

func never() {
	var s slow
	untouched(&s)
	if s != nil {
		s.slow()
	}
}

func main() {
	direct()
	wrapped()
	own()
	handedOn()
	stored()
	never()
}

/*
WANT:
(*main.kept).keep static errors.As
main.As static errors.As
main.direct interface (main.e1).slow
main.direct static errors.As
main.direct static main.fail
main.handedOn interface (main.e4).slow
main.handedOn interface (main.e5).slow
main.handedOn static main.As
main.handedOn static main.is
main.is static main.As
main.main static main.direct
main.main static main.handedOn
main.main static main.never
main.main static main.own
main.main static main.stored
main.main static main.wrapped
main.never static main.untouched
main.never unresolved no value of this program flows here
main.own interface (main.e3).slow
main.own static errors.As
main.stored interface (main.e6).slow
main.stored interface (main.e7).slow
main.stored static (*main.kept).keep
main.stored static errors.As
main.wrapped interface (main.e2).slow
main.wrapped static errors.As
main.wrapped static fmt.Errorf
*/
