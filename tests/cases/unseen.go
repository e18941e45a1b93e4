// A value that the library hands on by ways that its facts do not tell: what implements the interface and is made. Where a
// type has the method by embedding an interface, what is stored there is called, and not all that implements it.
package main

import "reflect"

type coded interface {
	error
	Code() int
}

type inner struct{}

func (inner) Error() string { return "inner" }

type other struct{}

func (other) Error() string { return "other" }

type wrap struct{ error }

func (wrap) Code() int { return 1 }

// Nothing makes one.
type never struct{ error }

func (never) Code() int { return 2 }

func show(v reflect.Value) {
	if c, ok := v.Interface().(coded); ok {
		println(c.Error(), c.Code())
	}
}

func main() {
	show(reflect.ValueOf(wrap{inner{}}))
	println(error(other{}).Error())
}

/*
WANT:
main.main interface (main.other).Error
main.main static main.show
main.main static reflect.ValueOf
main.show interface (main.inner).Error
main.show interface (main.wrap).Code
main.show static (reflect.Value).Interface
*/
