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

/*
FLOW:
CallValue(main.main:18:20) -> Same(main.main:18:13)
Composite(main.main:18:25) -> Argument(errors.Join:0)
Constant((main.mine).Error:14:37) -> Return((main.mine).Error:0)
Element(CallValue(main.main:19:22)) -> IndexOf(main.main:19:14)
IndexOf(main.main:19:14) -> Same(main.main:19:14)
Local(main.main:c) -> Use(main.main:20:11)
Local(main.main:several) -> Use(main.main:19:14)
Return(Use(main.main:19:14).Unwrap:0) -> CallValue(main.main:19:22)
Return(Use(main.main:20:11).Error:0) -> CallValue(main.main:20:13)
Return(errors.Join:0) -> CallValue(main.main:18:20)
Same(main.main:18:13) -> Local(main.main:several)
Same(main.main:19:14) -> Local(main.main:c)
Use(main.main:19:14) -> Receiver(Use(main.main:19:14).Unwrap)
Use(main.main:20:11) -> Receiver(Use(main.main:20:11).Error)
*/
