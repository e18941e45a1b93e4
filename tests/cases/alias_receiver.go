// Methods that are declared on an alias of their type, or of a pointer to it.
package main

type shower interface{ show() string }

type token = Token
type Token uint

func (token) show() string { return "token" }

type box struct{}
type boxed = *box

func (boxed) show() string { return "box" }

func print(s shower) { s.show() }

func main() {
	print(Token(1))
	print(&box{})
	Token(2).show()
}

/*
WANT:
main.main static (main.Token).show
main.main static main.print
main.print interface (*main.box).show
main.print interface (main.Token).show
*/
