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
main.guarded static main.guarded$1
main.guarded$1 interface (*runtime.PanicNilError).Error
main.guarded$1 interface (*runtime.TypeAssertionError).Error
main.guarded$1 interface (internal/runtime/maps.unhashableTypeError).Error
main.guarded$1 interface (runtime.boundsError).Error
main.guarded$1 interface (runtime.errorAddressString).Error
main.guarded$1 interface (runtime.errorString).Error
main.guarded$1 interface (runtime.plainError).Error
main.main static main.guarded
*/
