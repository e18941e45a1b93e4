// What was joined comes out of it again.
// go 1.20
package main

import "errors"

type coded interface {
	error
	Code()
}

type mine struct{}

func (mine) Error() string { return "mine" }
func (mine) Code()         {}

func main() {
	several := errors.Join(mine{}).(interface{ Unwrap() []error })
	if c, ok := several.Unwrap()[0].(coded); ok {
		println(c.Error())
	}
}

/*
WANT:
main.main interface (*errors.joinError).Unwrap
main.main interface (main.mine).Error
main.main static errors.Join
*/
