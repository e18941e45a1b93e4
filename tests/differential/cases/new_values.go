// The built-in new of a value.
// go 1.26
package main

type T struct{ a int }

func f() (int8, error) { return 1, nil }

func one() T { return T{} }

func main() {
	_ = *new(1) + 2
	_ = new("x")
	_ = new(one()).a
	_ = new(T{1}).a
	_ = new(T)
	_ = new([]int)
	_ = new(map[string]T)
	_ = new(-1.5)
	_ = new('x')
	_ = new(true)
	x := 3
	_ = new(x + 1)
	_ = new(&x)
	_ = new([]int{1})
	_ = new(func() int { return 1 })
	_ = struct{ p *int }{new(x)}
}
