// A generic function that is converted to a function type.
// go 1.27
package main

type Fn[T any] func(T) T

func (f Fn[T]) Call(v T) T { return f(v) }

func double[N ~int | ~float64](n N) N { return n + n }

func main() {
	_ = Fn[int](double).Call(3)
	_ = (func(float64) float64)(double)
}
