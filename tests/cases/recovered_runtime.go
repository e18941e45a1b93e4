// go 1.21
// What the runtime itself panics with is an error, and told as possible.
package main

func guarded() {
	defer func() {
		if err, ok := recover().(error); ok {
			println(err.Error())
		}
	}()
	var s []int
	println(s[len(s)])
}

func main() { guarded() }

/*
WANT:
main.guarded interface (*runtime.PanicNilError).Error
main.guarded interface (*runtime.TypeAssertionError).Error
main.guarded interface (internal/runtime/maps.unhashableTypeError).Error
main.guarded interface (runtime.boundsError).Error
main.guarded interface (runtime.errorAddressString).Error
main.guarded interface (runtime.errorString).Error
main.guarded interface (runtime.plainError).Error
main.guarded static main.guarded$1
main.main static main.guarded
*/
