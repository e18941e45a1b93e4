// What recover gives is what the program panics with, filtered by the assertion.
package main

type coded interface{ Code() int }

type fatal struct{ code int }

func (f fatal) Code() int { return f.code }

type stopped struct{}

func (*stopped) Code() int { return 0 }

type unused struct{}

func (unused) Code() int { return 1 }

func parse(depth int) {
	if depth > 3 {
		panic(fatal{code: depth})
	}
	panic(&stopped{})
}

func guarded() (code int) {
	defer func() {
		switch r := recover().(type) {
		case coded:
			code = r.Code()
		case func() int:
			code = r()
		}
	}()
	parse(1)
	return 0
}

func one() int { return 1 }

func main() {
	defer func() {
		if f, ok := recover().(fatal); ok {
			println(f.Code())
		}
	}()
	guarded()
	panic(one)
}

/*
WANT:
main.guarded static main.guarded$1
main.guarded static main.parse
main.guarded$1 interface (*main.stopped).Code
main.guarded$1 interface (main.fatal).Code
main.guarded$1 value main.one
main.main static main.guarded
main.main static main.main$1
main.main$1 static (main.fatal).Code
*/
